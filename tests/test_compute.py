"""A level's work on a real cluster: processes of their own, one of them killed, and the same results to the last bit."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from contextlib import contextmanager
from pathlib import Path

import pytest
from distributed import rpc

from ladder import ports
from ladder.child import running
from ladder.places import FEED
from ladder.places import LEVELS

pytestmark = pytest.mark.slow

LEVEL = LEVELS[2]
LOCAL = ["--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
REFUSED = """
from flighttime import compute
from flighttime.errors import Refused
try:
    print(list(compute.each(abs, range(3))))
except Refused as refusal:
    print("refused:", refusal)
"""
# One worker is killed as soon as it has answered.
KILLING = """
import json, os, signal, time
from flighttime import compute

def slow(piece):
    time.sleep(0.2)
    return piece, os.getpid()

answers = []
for answer in compute.each(slow, range(12)):
    if not answers:
        os.kill(answer[1], signal.SIGKILL)
    answers.append(answer)
print(json.dumps(answers))
"""


def surroundings(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FLIGHTTIME_", "DASK_"))}
    return {
        **kept,
        "FLIGHTTIME_FEED": str(FEED),
        "FLIGHTTIME_TODAY": "2013-03-01",
        "FLIGHTTIME_RUNS": str(folder / "state"),
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "DASK_TEMPORARY_DIRECTORY": str(folder),
    }


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("scheduler")
    port = ports.next_free(29_000)
    command = [sys.executable, "-m", "dask", "scheduler", "--port", f"{port}", *LOCAL]
    with running(command, folder=folder, environment=surroundings(folder)):
        address = f"tcp://127.0.0.1:{port}"
        wait_for_workers(address, 0)
        yield address


@contextmanager
def workers(scheduler: str, number: int, scratch: Path, folder: Path = LEVEL) -> Iterator[list[int]]:
    command = [sys.executable, "-m", "dask", "worker", scheduler, "--no-nanny", "--nthreads", "1", *LOCAL]
    with ExitStack() as stack:
        started = [
            stack.enter_context(running(command, folder=folder, environment=surroundings(scratch)))
            for _ in range(number)
        ]
        wait_for_workers(scheduler, number)
        yield [worker.pid for worker in started]
    wait_for_workers(scheduler, 0)


def wait_for_workers(scheduler: str, number: int) -> None:
    for _ in range(300):
        try:
            if asyncio.run(asyncio.wait_for(count(scheduler), 5)) == number:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"{scheduler} has not come to {number} workers")


async def count(scheduler: str) -> int:
    async with rpc(scheduler) as asked:
        return len((await asked.identity(n_workers=-1))["workers"])


def perform(code: str, address: str, scratch: Path) -> str:
    """What a program says that works in the level's folder, on the cluster at this address."""
    environment = {**surroundings(scratch), "FLIGHTTIME_COMPUTE": address}
    done = subprocess.run([sys.executable, "-c", code], cwd=LEVEL, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout


def test_a_cluster_without_workers_or_without_the_code_is_refused(scheduler: str, tmp_path: Path) -> None:
    empty = perform(REFUSED, scheduler, tmp_path)
    with workers(scheduler, 1, tmp_path, folder=tmp_path):
        elsewhere = perform(REFUSED, scheduler, tmp_path)

    assert empty.startswith(f"refused: the scheduler at {scheduler} has no workers: start some")
    assert "has no flighttime (ModuleNotFoundError" in elsewhere and "in a copy of this folder" in elsewhere


def test_a_worker_that_is_killed_in_mid_work_is_done_without(scheduler: str, tmp_path: Path) -> None:
    with workers(scheduler, 2, tmp_path) as pids:
        answers = json.loads(perform(KILLING, scheduler, tmp_path))

    first, last = answers[0][1], answers[-1][1]
    assert [piece for piece, _ in answers] == list(range(12))
    assert {first, last} == set(pids)
