"""One way to call git: bytes out, and deaf to a hook that may be calling us for another repository."""

import os
import subprocess
from pathlib import Path

from ladder.errors import LadderError

OF_A_CALLING_HOOK = {
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
}


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in the folder; a failure is the caller's to read from the return code."""
    environment = {name: value for name, value in os.environ.items() if name not in OF_A_CALLING_HOOK}
    try:
        return subprocess.run(["git", "-C", str(folder), *arguments], env=environment, capture_output=True)
    except FileNotFoundError:
        raise LadderError("git is needed to compare the levels and is not installed: https://git-scm.com") from None


def listed(folder: Path, *arguments: str) -> set[str]:
    """The paths that a git command lists with -z; none where the folder is in no checkout."""
    return {path for path in git(folder, *arguments).stdout.decode().split("\0") if path}


def committed(folder: Path, revision: str, path: str) -> bytes | None:
    """The file as it was in that revision, or None where it was not there."""
    shown = git(folder, "cat-file", "blob", f"{revision}:./{path}")
    return shown.stdout if shown.returncode == 0 else None
