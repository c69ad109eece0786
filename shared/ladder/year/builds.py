"""What a level's first build made is kept, and used again for as long as nothing that it was made from changes."""

import hashlib
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

from ladder.places import FEED
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.places import RUNS

MADE_BY = Path(__file__).with_name("levels.py")
MARK = ".made-by-ladder-run"


def restore(level: int, runs: Path) -> bool:
    """Put the state after the build back in `runs`, without anything later; False if it has to be built."""
    shutil.rmtree(runs, ignore_errors=True)
    kept = place(level, runs)
    if there := kept.is_dir():
        # The state holds absolute places, so it goes back to where it was made.
        shutil.copytree(kept, runs)
    runs.mkdir(parents=True, exist_ok=True)
    (runs / MARK).touch()
    return there


def set_aside(runs: Path) -> Path | None:
    """Move state that no run has made out of the way of one; returns where it is now, None if there is none."""
    if not runs.is_dir() or (runs / MARK).exists() or not any(runs.iterdir()):
        return None
    places = (RUNS / "kept" / f"{runs.name}-{number}" for number in itertools.count(1))
    kept = next(place for place in places if not place.exists())
    kept.parent.mkdir(parents=True, exist_ok=True)
    runs.rename(kept)
    return kept


def keep(level: int, runs: Path) -> None:
    """Keep a copy of `runs` for the next time, in place of older ones of this level."""
    kept = place(level, runs)
    for old in kept.parent.glob(f"{runs.name}-*"):
        shutil.rmtree(old)
    unfinished = kept.with_name(f"{kept.name}.unfinished")
    shutil.copytree(runs, unfinished)
    unfinished.rename(kept)


def place(level: int, runs: Path) -> Path:
    return RUNS / "builds" / f"{runs.name}-{digest(level, runs)}"


def digest(level: int, runs: Path) -> str:
    """Stands for every byte that the build is made from: the level, the feed, the pins, and where they lie."""
    found = hashlib.sha256(str(runs).encode())
    for path in made_from(level):
        found.update(path.as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]


def made_from(level: int) -> Iterator[Path]:
    yield MADE_BY
    yield ROOT / "requirements.lock"
    for folder in (LEVELS[level], FEED):
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file() and kept_in_git(path))


def kept_in_git(path: Path) -> bool:
    return not {"__pycache__", ".ipynb_checkpoints", ".pytest_cache"} & set(path.parts)
