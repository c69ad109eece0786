"""A level's work on a real cluster: processes of their own, one of them killed, and the same results to the last bit."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ladder import ports
from ladder.child import running
from ladder.places import FEED
from ladder.places import LEVELS

pytestmark = pytest.mark.slow

LOCAL = ["--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
# What runs on a cluster: preparing what was published, tuning, and scoring a file of flights; then all of it here.
WORK = """
from datetime import date
from functools import partial
from pathlib import Path
from flighttime import batch, compute, ingest, prepare, production, score, settings, tables, train, tune

DAY = date(2013, 2, 1)

def perform():
    delivery = prepare.delivered(DAY)
    delivery.flights.to_parquet("flights.parquet")
    tuned = tune.tune(DAY)
    write = partial(tables.write, path=Path("answers.csv"))
    batch.answer_file(Path("flights.parquet"), write, score.check, partial(score.answer, model=champion))
    return delivery, tuned, Path("answers.csv").read_bytes()

whole = ingest.delivered(DAY)
ingest.take_in(whole)
champion = production.Production("1", train.fit(ingest.read(), DAY).pipeline)
ingest.gathered = lambda today, since: None  # prepare all of it again
there = perform()
compute.HERE = settings.tuned("compute")["where"]
for delivery, tuned, answers in (there, perform()):
    assert delivery.flights.equals(whole.flights) and delivery.weather.equals(whole.weather)
    assert tuned.equals(there[1]) and answers == there[2]
print("the same")
"""
# One worker is killed as soon as it has answered.
KILLING = """
import os, signal, time
from flighttime import compute

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


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the level that says that work runs on a cluster."""
    place = tmp_path_factory.mktemp("compute") / "level"
    for name in ("flighttime", "flighttime.toml", "requirements.txt"):
        copy = shutil.copytree if (LEVELS[2] / name).is_dir() else shutil.copy
        place.mkdir(exist_ok=True)
        copy(LEVELS[2] / name, place / name)
    return place


@pytest.fixture(scope="module")
def scheduler(place: Path) -> Iterator[str]:
    port = ports.somewhere()
    address = f"tcp://127.0.0.1:{port}"
    settings = place / "flighttime.toml"
    text = settings.read_text(encoding="utf-8").replace('where = "this machine"', f'where = "{address}"')
    settings.write_text(text.replace("weeks = 4", "weeks = 1"), encoding="utf-8")
    command = [sys.executable, "-m", "dask", "scheduler", "--port", f"{port}", *LOCAL]
    with running(command, folder=place, environment=surroundings(place)):
        yield address


@pytest.fixture(scope="module")
def workers(place: Path, scheduler: str) -> Iterator[None]:
    command = [sys.executable, "-m", "dask", "worker", scheduler, "--no-nanny", "--nthreads", "1", *LOCAL]
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(running(command, folder=place, environment=surroundings(place)))
        wait_for_workers(scheduler, 2)
        yield


def wait_for_workers(scheduler: str, number: int) -> None:
    from distributed import Client

    with Client(scheduler, timeout=60) as client:
        for _ in range(300):
            if len(client.scheduler_info(n_workers=-1)["workers"]) == number:
                return
            time.sleep(0.1)
    raise AssertionError(f"{scheduler} has not come to {number} workers")


def surroundings(place: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FLIGHTTIME_", "DASK_", "PYTHONPATH"))}
    return {**kept, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", "DASK_TEMPORARY_DIRECTORY": str(place.parent)}


def perform(code: str, place: Path, scratch: Path) -> subprocess.CompletedProcess:
    """What a program says that works with the level's code, in a folder of its own."""
    world = {"FLIGHTTIME_FEED": str(FEED), "FLIGHTTIME_TODAY": "2013-03-01", "FLIGHTTIME_RUNS": str(scratch / "state")}
    environment = {**surroundings(place), **world, "PYTHONPATH": str(place)}
    return subprocess.run([sys.executable, "-c", code], cwd=scratch, env=environment, capture_output=True, text=True, timeout=120)


def test_work_on_a_cluster_comes_to_the_same_to_the_last_bit(place: Path, workers: None, tmp_path: Path) -> None:
    done = perform(WORK, place, tmp_path)

    assert done.stdout.endswith("the same\n"), done.stderr


def test_a_worker_that_is_killed_in_mid_work_is_done_without(place: Path, workers: None, tmp_path: Path) -> None:
    done = perform(KILLING, place, tmp_path)

    assert done.stdout == "2\n", done.stderr
