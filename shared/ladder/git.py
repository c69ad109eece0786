"""Call git with bytes as output, and without the environment of a git hook that calls this tool."""

import os
import subprocess
import tempfile
from pathlib import Path

from ladder.errors import LadderError

# The files of a person's own settings name the owners that git trusts.
KEPT = "GIT_CONFIG_"


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in the folder; the caller checks the return code."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(KEPT) or not name.startswith("GIT_")
    }
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments], env=environment, capture_output=True
        )
    except FileNotFoundError:
        raise LadderError(
            "git is needed to compare the levels and is not installed: https://git-scm.com"
        ) from None


def listed(folder: Path, *arguments: str) -> set[str]:
    """The paths that a git command lists with -z; empty outside a checkout."""
    return {path for path in git(folder, *arguments).stdout.decode().split("\0") if path}


def three_way(
    ours: bytes, base: bytes, theirs: bytes, names: tuple[str, str, str]
) -> tuple[bytes | None, int]:
    """The three-way merge and its number of conflicts, with these names at its markers.

    None where git cannot merge the content.
    """
    with tempfile.TemporaryDirectory() as folder:
        sides = [Path(folder, side) for side in ("ours", "base", "theirs")]
        for side, content in zip(sides, (ours, base, theirs), strict=True):
            side.write_bytes(content)
        labels = [part for name in names for part in ("-L", name)]
        done = git(Path(folder), "merge-file", "-p", *labels, *map(str, sides))
    return (done.stdout, done.returncode) if done.returncode < 128 else (None, 0)


def committed(folder: Path, revision: str, path: str) -> bytes | None:
    """The file's content in that revision, or None where it does not exist."""
    shown = git(folder, "cat-file", "blob", f"{revision}:./{path}")
    return shown.stdout if shown.returncode == 0 else None
