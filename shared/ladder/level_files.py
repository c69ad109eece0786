"""What of a level's folder is the level: not what runs leave there, nor a page of the workshop."""

import shutil
from fnmatch import fnmatch
from pathlib import Path

from ladder.git import listed

# How a level differs from the one below: written for readers of this repository, beside the level.
CHANGES = "CHANGES.md"
LEFT_BY_RUNS = (
    "._*",
    ".DS_Store",
    ".git",
    ".hypothesis",
    ".ipynb_checkpoints",
    ".runs",
    ".*_cache",
    ".*venv",
    "*.egg-info",
    "__pycache__",
    "runs",
    "venv",
)


def paths(level: Path) -> list[str]:
    """The paths of a level's files: those that git tracks or would track.

    Outside a git checkout it is every file but those that runs leave behind.
    """
    listing = listed(level, "ls-files", "-z", "-co", "--exclude-standard")
    found = sorted((listing or _walk(level)) - {CHANGES})
    return [path for path in found if (level / path).is_file()]


def copy(level: Path, target: Path, *left_out: str) -> Path:
    """Copy a level to a folder that does not exist yet; returns it."""
    ignored = shutil.ignore_patterns(*LEFT_BY_RUNS, CHANGES, *left_out)
    return shutil.copytree(level, target, ignore=ignored)


def belongs(path: Path) -> bool:
    """Whether a path inside a level is the level's own."""
    return path.as_posix() != CHANGES and not any(map(_left_by_runs, path.parts))


def _walk(level: Path) -> set[str]:
    inside = (path.relative_to(level) for path in level.rglob("*"))
    return {path.as_posix() for path in inside if belongs(path)}


def _left_by_runs(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in LEFT_BY_RUNS)
