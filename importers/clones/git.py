"""What git is told about some books: a hook that looks at each commit, and how two clones' month files are merged.

Neither comes with a clone, for git takes nothing that it would run from elsewhere: each clone is given them by
`daysheet init` or `daysheet hook`. What a clone does bring, `.gitattributes`, says which files are merged how.
"""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path
from typing import Final

from daysheet import files
from daysheet.trust import git

ATTRIBUTES: Final = """\
# Two clones that have imported are one set of books. In these three files each line stands for itself:
accounts.beancount merge=union
imports.beancount merge=union
main.beancount merge=union
# and these are put together entry by entry, once daysheet hook has told this clone's git how
[0-9][0-9][0-9][0-9]/*.beancount merge=daysheet
"""
_HOOK: Final = "pre-commit"
_OURS: Final = "daysheet"


def with_git(folder: Path) -> str | None:
    """Make the folder a git repository with a hook that checks each commit; what was not done, in words.

    A folder inside a repository is left as it is; an existing hook is never touched.
    """
    if shutil.which("git") is None:
        return "git is not installed: the books are not under version control"
    top = git.run(folder, "rev-parse", "--show-toplevel")
    if top is not None and Path(top).resolve() != folder.resolve():
        return "the folder lies in another git repository: no repository and no hook were made"
    if top is None:
        git.run(folder, "init", "--quiet")
    return install(folder)


def install(folder: Path) -> str | None:
    """Give this clone of some books the hook and the merge driver; what was not done, in words.

    Raises:
        OSError: the disk refuses.
    """
    git.run(folder, "config", "merge.daysheet.name", "entries of a ledger, whole")
    git.run(folder, "config", "merge.daysheet.driver", git.MERGE_DRIVER)
    attributes = folder / ".gitattributes"
    if not attributes.exists():
        files.write(attributes, ATTRIBUTES.encode())
    hook = _hook(folder)
    if hook is None:
        return "git does not say where its hooks are"
    if hook.exists() and not _is_ours(hook):
        return f"{hook} is there already and was left alone: call daysheet scan --staged from it"
    hook.parent.mkdir(parents=True, exist_ok=True)
    text = resources.files("daysheet.importers").joinpath("new_books_files", "pre-commit.sh").read_bytes()
    if not hook.exists() or hook.read_bytes() != text:
        files.write(hook, text)
    hook.chmod(0o755)
    return None


def lacks_hook(folder: Path) -> bool:
    """Whether some books are a git repository of their own that has no hook of ours."""
    if not (folder / ".git").exists() or shutil.which("git") is None:
        return False
    hook = _hook(folder)
    return hook is not None and not (hook.exists() and _OURS in hook.read_text(encoding="utf-8", errors="replace"))


def was_merged(folder: Path, name: str) -> bool:
    """Whether a file is as a merge of two clones has left it, each of which had changed it."""
    if not (folder / ".git").exists() or shutil.which("git") is None:
        return False
    if git.run(folder, "rev-parse", "--verify", "--quiet", "MERGE_HEAD") is not None:
        return True
    parents = git.run(folder, "log", "-1", "--format=%P", "--", name)
    return parents is not None and len(parents.split()) > 1


def _is_ours(hook: Path) -> bool:
    return hook.read_text(encoding="utf-8", errors="replace").startswith("#!/bin/sh\n# Made by daysheet")


def _hook(folder: Path) -> Path | None:
    place = git.run(folder, "rev-parse", "--git-path", "hooks", hooks=True)
    return None if place is None else folder / place / _HOOK
