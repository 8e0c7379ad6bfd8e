#!/bin/sh
# Made by daysheet init or daysheet hook. Before each commit: the books load, and no dropped file or patient is in what
# is committed. What is found is named by file and line, and never repeated.
set -e
top=$(git rev-parse --show-toplevel)
if git diff --cached --name-only --diff-filter=ACMR | grep -E '(^|/)(inbox|originals|catch-up)/|\.picklecache$'; then
    echo "pre-commit: these files name patients; take them out with git restore --staged FILE" >&2
    exit 1
fi
if command -v daysheet >/dev/null 2>&1; then
    # numbers by their shape, names as the exports on this machine have them; the practice's own addresses are known
    if ! daysheet --books "$top" scan --staged >&2; then
        echo "pre-commit: these lines identify a patient; commit with --no-verify if they do not" >&2
        exit 1
    fi
    # 1 means findings, which keep no commit back; 2 means broken books
    daysheet --books "$top" check >/dev/null || [ $? -eq 1 ] || exit 1
    exit 0
fi
# without daysheet: a Social Security number, a telephone number, an e-mail address that is not the practice's own, a
# birth date in words
known=$(git show :daysheet.toml 2>/dev/null | awk '/^\[/ { own = /^\[(practice|mail|pack)\]/ } own')
known="$known $(git show :practice.beancount 2>/dev/null | awk '/^[0-9]/ { own = /custom "contact"/ } own')"
found=$(git diff --cached --unified=0 --no-color -- '*.beancount' '*.toml' | awk -v known="$known" '
    /^\+\+\+ / { file = substr($0, 7); next }
    /^@@ / { match($0, /\+[0-9]+/); line = substr($0, RSTART + 1, RLENGTH - 1) + 0; next }
    /^\+/ {
        text = " " substr($0, 2) " "
        bad = text ~ /[^0-9-][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][0-9][0-9][^0-9-]/ || text ~ /(DOB|SSN|MRN)[: ]/
        rest = text
        while (match(rest, /[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z.]+|\(?[0-9][0-9][0-9]\)?[ .-][0-9][0-9][0-9][.-][0-9][0-9][0-9][0-9]/)) {
            if (index(known, substr(rest, RSTART, RLENGTH)) == 0) bad = 1
            rest = substr(rest, RSTART + RLENGTH)
        }
        if (bad) print file ":" line
        line++
    }')
if [ -n "$found" ]; then
    echo "$found" >&2
    echo "pre-commit: these lines look like a patient's number, telephone or address; commit with --no-verify if not" >&2
    exit 1
fi
if command -v bean-check >/dev/null 2>&1; then
    bean-check "$top/main.beancount"
fi
