"""Keep the state after a level's first build, and use it again while its sources are the same."""

import hashlib
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

from ladder import level_files
from ladder.places import FEED
from ladder.places import GROUNDCREW
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.places import RUNS

YEAR = Path(__file__).parent
MARK = ".made-by-ladder-run"


def restore(level: int, runs: Path) -> bool:
    """Put the state after the build into `runs`; returns False where it has to be built."""
    copy = path_of(level, runs)
    shutil.rmtree(runs, ignore_errors=True)
    shutil.rmtree(unproven(copy), ignore_errors=True)
    runs.mkdir(parents=True)
    # First, so that what is left of an interrupted copy is not taken for a person's state.
    (runs / MARK).touch()
    if exists := copy.is_dir():
        # The state contains absolute paths, so it goes back to where it was made.
        shutil.copytree(copy, runs, dirs_exist_ok=True)
    return exists


def set_aside(runs: Path) -> Path | None:
    """Move state that no run has made to `kept`; returns its new path, None if there is none."""
    if not runs.is_dir() or (runs / MARK).exists() or not any(runs.iterdir()):
        return None
    paths = (RUNS / "kept" / f"{runs.name}-{number}" for number in itertools.count(1))
    kept = next(path for path in paths if not path.exists())
    kept.parent.mkdir(parents=True, exist_ok=True)
    runs.rename(kept)
    return kept


def put_aside(level: int, runs: Path) -> None:
    """Copy `runs` as it is after the build, until it is known whether it works."""
    shutil.copytree(runs, unproven(path_of(level, runs)))


def keep(level: int, runs: Path) -> None:
    """Keep the copy that was put aside for the next time, in place of older ones of this level."""
    copy = path_of(level, runs)
    forget(runs, but=unproven(copy))
    unproven(copy).rename(copy)


def forget(runs: Path, but: Path | None = None) -> None:
    """Remove every copy of this state, so that the next run builds it again."""
    for old in (RUNS / "builds").glob(f"{runs.name}-*"):
        if old != but:
            shutil.rmtree(old)


def unproven(copy: Path) -> Path:
    return copy.with_name(f"{copy.name}.unproven")


def path_of(level: int, runs: Path) -> Path:
    return RUNS / "builds" / f"{runs.name}-{digest(level, runs)}"


def digest(level: int, runs: Path) -> str:
    """A digest of every byte that the build is made from, and of the path of the state."""
    found = hashlib.sha256(str(runs).encode())
    for path in sources(level):
        found.update(path.as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]


def sources(level: int) -> Iterator[Path]:
    """The files that a build is made from: this package, the level, groundcrew, feed and pins."""
    yield ROOT / "requirements.lock"
    for folder in (YEAR, LEVELS[level], GROUNDCREW, FEED):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and level_files.belongs(path.relative_to(folder)):
                yield path
