"""Where generated files may go: the runs folder, and not the repository."""

import os
from pathlib import Path

from ladder.errors import LadderError
from ladder.places import ROOT
from ladder.places import RUNS

VARIABLE = "LADDER_RUNS"


def nearest() -> Path:
    """The runs folder, or the folder or file above it that is there: it may be made only later."""
    return next(path for path in (RUNS, *RUNS.parents) if os.path.exists(path))


def objection() -> str:
    """Why the runs folder cannot be made or written; "" if it can."""
    place = nearest()
    if not place.is_dir():
        return f"{place} is a file"
    return "" if os.access(place, os.W_OK) else f"you may not write to {place}"


def require_runs() -> None:
    """Raise LadderError if LADDER_RUNS is set to what cannot be written."""
    if os.environ.get(VARIABLE) and (why := objection()):
        raise LadderError(f"{VARIABLE} is {RUNS}, and {why}: set it to a folder that you may write")


def require_outside(path: Path, otherwise: Path) -> None:
    """Raise LadderError for a path in the repository, other than one in the runs folder."""
    place = path.resolve()
    if place.is_relative_to(ROOT) and not place.is_relative_to(RUNS):
        raise LadderError(
            f"--out {path}: is in the repository, which generated pages stay out of; "
            f"choose a place elsewhere, or {otherwise}"
        )
