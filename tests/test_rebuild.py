"""A model is rebuilt from its record, to the last bit, and every difference is reported."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from level_runs import starter

from ladder.places import FEED
from ladder.places import LEVELS

pytestmark = pytest.mark.slow

IDENTITY = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
# Two runs, the second with code that is not committed; then the data is lost.
STORY = """
import importlib, os, sys
from datetime import date
from pathlib import Path
from flighttime import ingest, model, pipeline, rebuild, train
from groundcrew import commands

def rebuild_again(name):
    print("REBUILD")
    sys.argv[1:] = [name]
    try:
        commands.run(rebuild.main)
    except SystemExit as ended:
        print("exit code", ended.code)

day = date(2013, 1, 20)
version = pipeline.run(day)
code = Path(model.__file__)
text = code.read_text(encoding="utf-8").replace("max_iter=100", "max_iter=90")
code.write_text(text, encoding="utf-8")
importlib.reload(model)
# What a set or hash() orders comes in another order in another process, unless the starter's.
os.environ["PYTHONHASHSEED"] = "7"
rebuild_again(version)
del os.environ["PYTHONHASHSEED"]
rebuild_again(train.train(day))
for file in ingest.TABLE.path.glob("*.parquet"):
    file.unlink()
rebuild_again(version)
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The level, committed, in a folder of a repository."""
    folder = tmp_path / "a repository" / "level"
    shutil.copytree(
        LEVELS[2] / "flighttime",
        folder / "flighttime",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for name in ("flighttime.toml", "requirements.txt"):
        shutil.copy(LEVELS[2] / name, folder)
    for arguments in (
        ["init", "--quiet"],
        ["add", "--all"],
        ["commit", "--quiet", "--message", "first"],
    ):
        subprocess.run(["git", "-C", str(folder.parent), *IDENTITY, *arguments], check=True)
    return folder


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_model_is_rebuilt_from_its_record(clone: Path, tmp_path: Path) -> None:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FLIGHTTIME_", "MLFLOW_", "PYTHONPATH"))
    }
    simulated = {
        "FLIGHTTIME_FEED": str(FEED),
        "FLIGHTTIME_TODAY": "2013-01-20",
        "FLIGHTTIME_RUNS": str(tmp_path / "state"),
    }
    environment = {**kept, **simulated, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}

    done = subprocess.run(
        [starter().python, "-c", STORY], cwd=clone, env=environment, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    first, second, third = (part.splitlines()[1:] for part in done.stdout.split("REBUILD")[1:])
    kinds = ["code", "settings", "packages", "data", "model"]
    assert first[:5] == [f"{kind:<9} as recorded" for kind in kinds]
    assert first[5] == "outcome: bit-identical"
    assert second[0].startswith("code      flighttime/model.py was changed and not committed")
    assert second[4].startswith("model     SHA-256 ")
    assert second[5:] == ["outcome: differs", "exit code 2"]
    assert third == ["exit code 2"]
    differs, gone = (line for line in done.stderr.splitlines() if line.startswith("error: "))
    assert differs.startswith("error: the model is not the one on record")
    assert "data version 0 of " in gone and "is gone" in gone
    worktrees = subprocess.run(
        ["git", "-C", str(clone), "worktree", "list"], capture_output=True, text=True
    ).stdout
    assert len(worktrees.splitlines()) == 1
