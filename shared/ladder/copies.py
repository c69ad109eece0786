"""Lays each level beside the level below: what is the same, what changed, what is new."""

import re
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path

from ladder.git import git, listed
from ladder.reasons import Reason, Reasons

LEFT_BY_RUNS = (
    ".git",
    ".hypothesis",
    ".ipynb_checkpoints",
    ".runs",
    ".*_cache",
    ".*venv",
    "*.egg-info",
    "__pycache__",
    "runs",
)


@dataclass(frozen=True)
class Edit:
    """One file that is not as in the level below: how many lines, and the declared reason if there is one."""

    path: str
    inserted: int
    deleted: int
    reason: Reason | None

    @property
    def module_lines(self) -> int:
        """Its part of a step's budget, which only the package's own modules use up."""
        counts = self.path.startswith("flighttime/") and self.path.endswith(".py")
        return self.inserted + self.deleted if counts else 0


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


def files(level: Path) -> dict[str, bytes]:
    """The level's content by path: what git tracks or would track, else all but what runs leave behind."""
    paths = listed(level, "ls-files", "-z", "-co", "--exclude-standard") or _walk(level)
    return {path: (level / path).read_bytes() for path in sorted(paths) if (level / path).is_file()}


def _walk(level: Path) -> set[str]:
    inside = (path.relative_to(level) for path in level.rglob("*"))
    return {path.as_posix() for path in inside if not any(map(_left_by_runs, path.parts))}


def _left_by_runs(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in LEFT_BY_RUNS)


def compare(levels: dict[int, Path], reasons: Reasons) -> list[Step]:
    """Every step from the level where copies start, as far as both of its folders exist."""
    content = {number: files(level) for number, level in sorted(levels.items()) if level.is_dir()}
    return [
        _step(upper, levels[lower], levels[upper], content[lower], content[upper], reasons.files.get(upper, []))
        for lower, upper in pairwise(content)
        if upper == lower + 1 and lower >= reasons.start
    ]


def _step(
    number: int,
    lower: Path,
    upper: Path,
    below: dict[str, bytes],
    here: dict[str, bytes],
    declared: list[Reason],
) -> Step:
    why = {reason.path: reason for reason in declared}
    kept = [path for path in here if path in below]
    changed = [path for path in kept if here[path] != below[path]]
    return Step(
        number,
        lower,
        upper,
        identical=[path for path in kept if here[path] == below[path]],
        changed=[Edit(path, *_lines(lower / path, upper / path), why.get(path)) for path in changed],
        added=[Edit(path, len(here[path].splitlines()), 0, why.get(path)) for path in here if path not in below],
        missing=[path for path in below if path not in here],
    )


def _lines(before: Path, after: Path) -> tuple[int, int]:
    """Lines inserted and deleted as git counts them; none where the file is not text."""
    options = ("--no-index", "--numstat", "--no-ext-diff", "--no-textconv", "--diff-algorithm=myers")
    counted = git(after.parent, "diff", *options, "--", str(before.resolve()), str(after.resolve())).stdout
    numbers = re.match(rb"(\d+)\t(\d+)\t", counted)
    return (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)


def budget(step: Step) -> dict[str, int]:
    """Lines that a reader of the step meets in the package, by the names of the limits."""
    return {
        "changed": sum(edit.module_lines for edit in step.changed),
        "added": sum(edit.module_lines for edit in step.added),
    }
