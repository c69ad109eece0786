"""Where the repository, the levels, the feed, groundcrew and the state of runs are."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FEED = ROOT / "shared" / "data"
GROUNDCREW = ROOT / "shared" / "groundcrew" / "src" / "groundcrew"
RUNS = Path(os.environ.get("LADDER_RUNS") or ROOT / "runs").expanduser().resolve()
LEVELS = {
    0: ROOT / "level0_manual",
    1: ROOT / "level1_devops",
    2: ROOT / "level2_auto_training",
    3: ROOT / "level3_auto_deploy",
    4: ROOT / "level4_full",
}


def level_environment(level: int) -> dict[str, str]:
    """This process's environment plus where the level finds its feed and keeps its state."""
    return {
        **os.environ,
        "FLIGHTTIME_FEED": str(FEED),
        "FLIGHTTIME_RUNS": str(RUNS / LEVELS[level].name),
        # Level folders are not written to: the packages were compiled when they were installed.
        "PYTHONDONTWRITEBYTECODE": "1",
    }
