"""The commit and the uncommitted changes of this checkout, and the code of an older commit."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from groundcrew import application
from groundcrew import scratch
from groundcrew import settings
from groundcrew.errors import UserError
from groundcrew.provenance import git
from groundcrew.provenance.machine import LIBRARY

NOT_IN_GIT = {"commit": "not in git", "changed": "unknown"}
MAX_NAMED_FILES = 20
NO_BYTECODE = ":(exclude,glob)**/__pycache__/**"


def version() -> dict[str, str]:
    """The commit of this checkout, and the files of the application changed since.

    `changed` is "no" if there are none. The files of groundcrew count if groundcrew is part of the
    same repository. Outside git, returns NOT_IN_GIT. Raises UserError where git refuses.
    """
    root = settings.root()
    top = git.repository(root)
    # A repository may contain the folder without having it under version control.
    if not top or not git.has_commit(root) or not git.succeeds(root, "rev-parse", "HEAD:./"):
        return NOT_IN_GIT
    changed = changes(root, application.PARTS)
    if LIBRARY.is_relative_to(top) and git.repository(LIBRARY) == top:
        changed += changes(LIBRARY.parent, [LIBRARY.name])
    more = len(changed) - MAX_NAMED_FILES
    names = ", ".join(changed[:MAX_NAMED_FILES]) + (f" and {more} more" if more > 0 else "")
    return {"commit": git.output(root, "rev-parse", "HEAD"), "changed": names or "no"}


def changes(folder: Path, paths: list[str]) -> list[str]:
    """The files below `paths` that differ from the commit, and new files that are not ignored."""
    diff = ["diff", "-z", "--name-only", "--relative", "HEAD"]
    untracked = ["ls-files", "-z", "--others", "--exclude-standard"]
    edited = git.output(folder, *diff, "--", *paths)
    new = git.output(folder, *untracked, "--", *paths, NO_BYTECODE)
    return [path for path in f"{edited}{new}".split("\0") if path]


@contextmanager
def code_at(commit: str) -> Iterator[Path]:
    """Yield this project's folder as it was at a commit, in a temporary git worktree.

    A Python process that runs a module there imports the groundcrew of that commit, if groundcrew
    is part of the repository. For the commit of NOT_IN_GIT, yields a copy of the current
    application. Raises UserError if the clone does not have the commit, or the commit does not
    have this project.
    """
    root = settings.root()
    with scratch.folder() as temporary:
        tree = temporary / "code"
        if commit == NOT_IN_GIT["commit"]:
            application.copy(tree)
            yield tree
            return
        try:
            # A person's hooks are meant for that person's own checkouts.
            _forget_removed_worktrees(root)
            no_hooks = ["-c", f"core.hooksPath={os.devnull}"]
            if git.succeeds(root, "cat-file", "-e", f"{commit}:./"):
                git.output(root, *no_hooks, "worktree", "add", "--detach", str(tree), commit)
            prefix = git.output(root, "rev-parse", "--show-prefix") if git.repository(root) else ""
            folder = tree / prefix
            if not (folder / settings.project_name()).is_dir():
                reason = f"commit {commit} is not in this clone, or not with this folder"
                raise UserError(f"{reason}: fetch it (git fetch --unshallow)")
            copy_library(tree, folder)
            yield folder
        finally:
            git.succeeds(root, "worktree", "remove", "--force", str(tree))


def _forget_removed_worktrees(root: Path) -> None:
    """Let git forget the worktrees of processes that were killed; a person's own ones stay."""
    listed = git.output(root, "worktree", "list", "--porcelain") if git.repository(root) else ""
    for line in listed.splitlines():
        tree = Path(line.removeprefix("worktree "))
        if tree.is_relative_to(scratch.parent()) and not tree.exists():
            git.succeeds(root, "worktree", "remove", "--force", str(tree))


def copy_library(tree: Path, folder: Path) -> None:
    """Copy groundcrew of the commit next to the project, where Python finds it first.

    Do nothing if groundcrew is not part of the repository: then the installed one is imported.
    """
    top = git.repository(settings.root())
    if top and LIBRARY.is_relative_to(top):
        library = tree / LIBRARY.relative_to(top)
        if library.is_dir():
            shutil.copytree(library, folder / LIBRARY.name)
