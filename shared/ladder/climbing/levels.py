"""The levels as an attendee meets them: content, name, and what a step up brings."""

from functools import cache

from ladder import copies
from ladder.level_files import LEFT_BY_RUNS
from ladder.places import LEVELS

LAST = max(LEVELS)
IGNORED = ".gitignore"
# What runs leave behind, which no repository keeps.
IGNORE = "".join(f"{name}\n" for name in LEFT_BY_RUNS if name != ".git")


@cache
def content(level: int) -> dict[str, bytes]:
    """Every file of a level by its path, with the .gitignore that a repository needs."""
    return {IGNORED: IGNORE.encode(), **copies.files(LEVELS[level])}


@cache
def title(level: int) -> str:
    """The level's name as its README has it: Level 1: DevOps, no MLOps."""
    readme = LEVELS[level] / "README.md"
    return readme.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")


def obsolete(level: int) -> set[str]:
    """The files of the level below that this level has replaced by others."""
    return set(content(level - 1)) - set(content(level)) if level else set()
