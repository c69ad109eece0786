"""Compare each level with the level below: which files are the same, changed, or new."""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ladder import level_files
from ladder.git import git
from ladder.reasons import Reason
from ladder.reasons import Reasons


@dataclass(frozen=True)
class Edit:
    """A file that differs from the level below: its lines, and the declared reason if any."""

    path: str
    inserted: int
    deleted: int
    reason: Reason | None

    @property
    def is_module(self) -> bool:
        return is_module(self.path)

    @property
    def lines(self) -> int:
        return self.inserted + self.deleted


@dataclass(frozen=True)
class Step:
    """One level beside the level below."""

    number: int
    lower: Path
    upper: Path
    identical: list[str]
    changed: list[Edit]
    added: list[Edit]
    missing: list[str]


def is_module(path: str) -> bool:
    """Whether a path inside a level is a module of its package."""
    return path.startswith("flighttime/") and path.endswith(".py")


def files(level: Path) -> dict[str, bytes]:
    """The level's content by path."""
    return {path: (level / path).read_bytes() for path in level_files.paths(level)}


def compare(levels: dict[int, Path], reasons: Reasons) -> list[Step]:
    """Every step whose two folders exist, from the level where copies start."""
    content = {number: files(level) for number, level in sorted(levels.items()) if level.is_dir()}
    return [
        _step(upper, levels[lower], levels[upper], content, reasons.files.get(upper, []))
        for lower, upper in pairwise(content)
        if upper == lower + 1 and lower >= reasons.start
    ]


def _step(
    number: int,
    lower: Path,
    upper: Path,
    content: dict[int, dict[str, bytes]],
    declared: list[Reason],
) -> Step:
    below, own = content[number - 1], content[number]
    why = {reason.path: reason for reason in declared}
    kept = [path for path in own if path in below]
    changed = [path for path in kept if own[path] != below[path]]
    added = [path for path in own if path not in below]
    return Step(
        number,
        lower,
        upper,
        identical=[path for path in kept if own[path] == below[path]],
        changed=[
            Edit(path, *_lines(lower / path, upper / path), why.get(path)) for path in changed
        ],
        added=[Edit(path, len(own[path].splitlines()), 0, why.get(path)) for path in added],
        missing=[path for path in below if path not in own],
    )


def _lines(before: Path, after: Path) -> tuple[int, int]:
    """Lines inserted and deleted as git counts them; none where the file is not text."""
    options = (
        "--no-index",
        "--numstat",
        "--no-ext-diff",
        "--no-textconv",
        "--diff-algorithm=myers",
    )
    paths = (str(before.resolve()), str(after.resolve()))
    counted = git(after.parent, "diff", *options, "--", *paths).stdout
    numbers = re.match(rb"(\d+)\t(\d+)\t", counted)
    return (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
