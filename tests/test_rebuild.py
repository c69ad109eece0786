"""A model is made again from its record, to the last bit, by the code of its commit; what is not as it was is told."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ladder.places import FEED
from ladder.places import LEVELS

pytestmark = pytest.mark.slow

NOBODY = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
# Two runs, one of them with code that nobody committed; then the data is lost.
STORY = """
import importlib, sys
from datetime import date
from pathlib import Path
from flighttime import ingest, model, pipeline, rebuild, steps, train

def again(name):
    sys.argv[1:] = [name]
    try:
        steps.run(rebuild.main, rebuild.parser())
    except SystemExit as ended:
        print("exit code", ended.code)

day = date(2013, 1, 20)
version = pipeline.run(day, str)
code = Path(model.__file__)
code.write_text(code.read_text(encoding="utf-8").replace("max_iter=100", "max_iter=90"), encoding="utf-8")
importlib.reload(model)
again(version)
again(train.train(day))
for file in ingest.place().glob("*.parquet"):
    file.unlink()
again(version)
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The level, committed, in a folder of a repository."""
    folder = tmp_path / "a repository" / "level"
    shutil.copytree(LEVELS[2] / "flighttime", folder / "flighttime", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("flighttime.toml", "requirements.txt"):
        shutil.copy(LEVELS[2] / name, folder)
    for arguments in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "first"]):
        subprocess.run(["git", "-C", str(folder.parent), *NOBODY, *arguments], check=True)
    return folder


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_model_is_made_again_from_its_record(clone: Path, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FLIGHTTIME_", "MLFLOW_", "PYTHONPATH"))}
    world = {"FLIGHTTIME_FEED": str(FEED), "FLIGHTTIME_TODAY": "2013-01-20", "FLIGHTTIME_RUNS": str(tmp_path / "state")}
    environment = {**kept, **world, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}

    done = subprocess.run([sys.executable, "-c", STORY], cwd=clone, env=environment, capture_output=True, text=True)

    first, second, *_ = (told.splitlines() for told in done.stdout.split("run ")[1:])
    assert first[1:6] == [f"{name:<9} as recorded" for name in ("code", "settings", "packages", "data", "model")]
    assert first[6] == "outcome: bit-identical"
    assert second[1].startswith("code      flighttime/model.py was changed and not committed: this is commit ")
    assert second[5].startswith("model     SHA-256 ")
    assert second[6:] == ["outcome: differs", "exit code 2"]
    differs, gone = done.stderr.splitlines()
    assert differs.startswith("error: the model is not the one on record")
    assert gone.startswith("error: data version 0 of ") and "is gone, its files were removed" in gone
    worktrees = subprocess.run(["git", "-C", str(clone), "worktree", "list"], capture_output=True, text=True).stdout
    assert len(worktrees.splitlines()) == 1
