"""Where generated files may go: the runs folder, and not the repository."""

import os
from pathlib import Path

from ladder.errors import LadderError
from ladder.places import ROOT
from ladder.places import RUNS

VARIABLE = "LADDER_RUNS"


def require_runs() -> None:
    """Raise LadderError if LADDER_RUNS is set to what is no folder, or cannot be written."""
    if not os.environ.get(VARIABLE):
        return
    # It may be made only later: then this says whether it can be.
    nearest = next(path for path in (RUNS, *RUNS.parents) if os.path.exists(path))
    if nearest.is_dir() and os.access(nearest, os.W_OK):
        return
    why = f"you may not write to {nearest}" if nearest.is_dir() else f"{nearest} is a file"
    raise LadderError(f"{VARIABLE} is {RUNS}, and {why}: set it to a folder that you may write to")


def require_outside(path: Path, otherwise: Path) -> None:
    """Raise LadderError for a path in the repository, other than one in the runs folder."""
    place = path.resolve()
    if place.is_relative_to(ROOT) and not place.is_relative_to(RUNS):
        raise LadderError(
            f"--out {path}: is in the repository, which generated pages stay out of; "
            f"choose a place elsewhere, or {otherwise}"
        )
