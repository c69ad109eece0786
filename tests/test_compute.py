"""A level's work on a real cluster, with one worker killed: the same results to the last bit."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from level_runs import level_environment
from level_runs import starter

from ladder import ports
from ladder.child import running
from ladder.places import LEVELS

pytestmark = pytest.mark.slow

HERE = 'where = "this machine"'
LOCAL = ["--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
ONE_THREAD = ["--no-nanny", "--nthreads", "1", "--local-directory"]
# Train and score on the cluster, then in this process, which cannot do either before.
WORK = """
from datetime import date
from functools import partial
from pathlib import Path
from flighttime import ingest, model, score, train
from flighttime.features import FEATURES, NUMBERS
from groundcrew import compute, settings
from groundcrew.batch import reading
from groundcrew.serving import PipelineModel

DAY = date(2013, 2, 1)
reading.CHUNK = 5_000  # several pieces

def perform():
    trained = compute.run(train.fit, ingest.TABLE.read(), DAY)
    champion = PipelineModel("1", trained.pipeline, FEATURES, NUMBERS)
    answer = partial(score.score, model=champion)
    score.INPUTS.score(Path("flights.parquet"), Path("answers.csv"), answer)
    return model.digest(trained.pipeline), trained.holdout, Path("answers.csv").read_bytes()

ingest.update(DAY)
ingest.TABLE.read()[["flight_id", *FEATURES]].to_parquet("flights.parquet")
build, predict = model.build, PipelineModel.predict
model.build = PipelineModel.predict = None
digest, holdout, answers = perform()
model.build, PipelineModel.predict = build, predict
compute.THIS_MACHINE = settings.section("compute")["where"]
same = perform()
assert digest == same[0] and holdout.equals(same[1]) and answers == same[2]
assert answers.count(b"\\n") > 20_000
print("the same")
"""
# One worker is killed as soon as it has answered.
KILL = """
import os, signal, time
import flighttime
from groundcrew import compute

def slow(piece):
    time.sleep(0.2)
    return piece, os.getpid()

answers = []
for answer in compute.each(slow, range(12)):
    if not answers:
        os.kill(answer[1], signal.SIGKILL)
    answers.append(answer)
assert [piece for piece, _ in answers] == list(range(12))
print(len({process for _, process in answers}))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the level."""
    folder = tmp_path / "level"
    folder.mkdir()
    shutil.copytree(LEVELS[2] / "flighttime", folder / "flighttime")
    for name in ("flighttime.toml", "requirements.txt"):
        shutil.copy(LEVELS[2] / name, folder / name)
    return folder


@pytest.fixture
def cluster(folder: Path) -> Iterator[None]:
    """A scheduler and two workers, which the settings of the level's copy name."""
    port = ports.somewhere()
    address = f"tcp://127.0.0.1:{port}"
    settings = folder / "flighttime.toml"
    text = settings.read_text(encoding="utf-8")
    assert text.count(HERE) == 1
    settings.write_text(text.replace(HERE, f'where = "{address}"'), encoding="utf-8")
    with ExitStack() as stack:
        for options in (
            ["scheduler", "--port", f"{port}"],
            *(["worker", address, *ONE_THREAD, f"{folder.parent}"] for _ in range(2)),
        ):
            command = [starter().python, "-m", "dask", *options, *LOCAL]
            stack.enter_context(running(command, folder=folder, environment=environment(folder)))
        wait_for_workers(address, 2)
        yield


def wait_for_workers(scheduler: str, number: int) -> None:
    from distributed import Client

    with Client(scheduler, timeout=60) as client:
        client.wait_for_workers(number, timeout=60)


def environment(folder: Path) -> dict[str, str]:
    """The environment of the level's copy, with state of its own."""
    return level_environment(2, folder.parent / "state") | {"PYTHONPATH": str(folder)}


def run(code: str, folder: Path, scratch: Path) -> str:
    """Run a program with the level's code; returns its output."""
    done = subprocess.run(
        [starter().python, "-c", code],
        cwd=scratch,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_cluster_gives_the_same_results_and_survives_the_loss_of_a_worker(
    folder: Path, cluster: None, tmp_path: Path
) -> None:
    results = run(WORK, folder, tmp_path)
    workers_of_the_pieces = run(KILL, folder, tmp_path)

    assert results.endswith("the same\n")
    assert workers_of_the_pieces == "2\n"
