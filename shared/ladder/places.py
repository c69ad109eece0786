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


def months(table: Path) -> list[Path]:
    """The files of a table of the feed, such as the folder `flights`."""
    # macOS leaves a file ._NAME beside each file that it writes to a USB stick.
    return sorted(table.glob("[!.]*.parquet"))


# What a person may have set in the terminal for a level, a workflow, a library or Python itself.
FOR_ANOTHER_PURPOSE = (
    "FLIGHTTIME_",
    "MLFLOW_",
    "GITHUB_",
    "GIT_",
    "DASK_",
    "PROMETHEUS_",
    "UVICORN_",
    "WEB_CONCURRENCY",
    "PYTHONOPTIMIZE",
    "PYTHONWARNINGS",
)


def own_environment() -> dict[str, str]:
    """This process's environment without settings that were made for another purpose.

    A replay and a benchmark obey none of these: their results must not depend on the terminal,
    and they must not write to a person's own registry or database.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(FOR_ANOTHER_PURPOSE)
    }


def replay_environment(level: int) -> dict[str, str]:
    """Like `level_environment`, on top of `own_environment`."""
    return own_environment() | of_level(level)


def level_environment(level: int) -> dict[str, str]:
    """This process's environment plus where the level finds its feed and keeps its state."""
    return {**os.environ, **of_level(level)}


def of_level(level: int) -> dict[str, str]:
    return {
        "FLIGHTTIME_FEED": str(FEED),
        "FLIGHTTIME_RUNS": str(RUNS / LEVELS[level].name),
        # Level folders are not written to: the packages were compiled when they were installed.
        "PYTHONDONTWRITEBYTECODE": "1",
        # The plugins of our own tests would be imported for a level's, which takes seconds.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
