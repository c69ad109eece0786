"""A folder in which one process is the team of one level, and knows nothing else."""

import os
from collections.abc import Callable
from pathlib import Path

from ladder.incidents import processes
from ladder.incidents import stored
from ladder.incidents.incident import Run
from ladder.incidents.play import Play
from ladder.incidents.teams import TEAMS
from ladder.places import own_environment
from ladder.year import assumptions


def enter(
    folder: Path,
    run: Run,
    level: int,
    seed: int = 0,
    tell: Callable[[dict], None] = lambda event: None,
) -> Play:
    """Make this process the team of a sandbox; returns what is to be played there."""
    processes.into_log(stored.log_of(folder))
    for name in set(os.environ) - set(own_environment()):
        del os.environ[name]
    processes.enter(folder / "repo", environment(folder))
    assumed = assumptions.read_all()
    play = Play(folder=folder, incident=run, level=level, assumed=assumed, seed=seed, tell=tell)
    play.team = TEAMS[level](play)
    return play


def environment(folder: Path) -> dict[str, str]:
    return {
        "FLIGHTTIME_FEED": str(folder / "feed"),
        "FLIGHTTIME_RUNS": str(folder / "state"),
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "agg",
    }
