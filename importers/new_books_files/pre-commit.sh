#!/bin/sh
# Made by daysheet init. Before each commit: the books load, and no dropped file or patient is in what is committed.
set -e
top=$(git rev-parse --show-toplevel)
if git diff --cached --name-only --diff-filter=ACMR | grep -E '(^|/)(inbox|originals|catch-up)/|\.picklecache$'; then
    echo "pre-commit: these files name patients; take them out with git restore --staged FILE" >&2
    exit 1
fi
# a Social Security number, a telephone number, an e-mail address, a birth date in words
found=$(git diff --cached --unified=0 --no-color -- '*.beancount' '*.toml' | grep -E '^\+' |
    grep -nE '(^|[^0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}([^0-9-]|$)|\(?[0-9]{3}\)?[ .-][0-9]{3}[.-][0-9]{4}([^0-9-]|$)|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}|(DOB|SSN|MRN)[: ]' |
    cut -d: -f1 || true)
if [ -n "$found" ]; then
    echo "pre-commit: added lines look like a patient's number, telephone or address; look at git diff --cached" >&2
    echo "            and commit with --no-verify if they are none" >&2
    exit 1
fi
if command -v daysheet >/dev/null 2>&1; then
    # the same and patients' names, as the exports on this machine have them
    if ! daysheet --books "$top" scan --staged >&2; then
        echo "pre-commit: these lines identify a patient; commit with --no-verify if they do not" >&2
        exit 1
    fi
    # 1 means findings, which keep no commit back; 2 means broken books
    daysheet --books "$top" check >/dev/null || [ $? -eq 1 ] || exit 1
elif command -v bean-check >/dev/null 2>&1; then
    bean-check "$top/main.beancount"
fi
