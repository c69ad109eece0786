"""What the application acknowledged is on record: it and its database are killed under load, and what is there is counted."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import closing
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from conftest import world
from ladder import ports
from ladder.places import LEVELS
from ladder.service import Service
from ladder.service import running
from postgres import Server

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("level", [4], indirect=True)]

FLIGHT = {"carrier": "UA", "origin": "EWR", "dest": "IAH", "distance": 1400, "sched_dep_min": 317}
FLIGHTS = [{**FLIGHT, "flight_id": f"2013-03-01 UA{number} EWR-IAH"} for number in range(5)]
CLIENTS = 8
ENOUGH = 600  # answers
PATIENCE = 30  # seconds
# What is wrong with the second answer is nothing to the third, for whom there is no new try within a minute.
KEEP = """
from flighttime.errors import Refused
from flighttime.web import recorded

recorded.SECONDS_BETWEEN_TRIES = 60
for flight_id in ("one", "t\\0wo", "three"):
    try:
        recorded.RECORD.keep([["7-" + flight_id, flight_id, "UA", "EWR", "IAH", 1.0, 2.0, None, None, 3.0, "7", "champion", 4.0]])
    except Refused as refusal:
        print(refusal)
"""


@contextmanager
def answering(runs: Path, folder: Path, **named: str) -> Iterator[tuple[Service, str]]:
    """Level 4's application on state of its own, and its address."""
    own, port = folder / "runs", ports.somewhere()
    shutil.copytree(runs, own)
    address = f"http://{ports.LOOPBACK}:{port}"
    command = [sys.executable, "-m", "flighttime.app", "--port", f"{port}"]
    environment = {**world(4, own), **named}
    with running("It", command, folder=LEVELS[4], environment=environment, log=folder / "log") as service:
        service.wait_until_answering(f"{address}/health/ready")
        yield service, address


def under_load(address: str, end: Callable[[], None]) -> set[str]:
    """The names of the answers that clients were given until `end` put an end to it."""
    given: list[str] = []
    clients = [threading.Thread(target=ask_on, args=(address, given)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    wait_until(lambda: len(given) >= ENOUGH)
    end()
    for client in clients:
        client.join()
    return set(given)


def ask_on(address: str, given: list[str]) -> None:
    with httpx.Client(base_url=address, trust_env=False, timeout=PATIENCE) as client:
        while True:
            try:
                answer = client.post("/predict", json=FLIGHTS)
            except httpx.TransportError:
                return
            if answer.status_code != 200:
                return
            given.extend(one["prediction_id"] for one in answer.json()["answers"])


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert true()


def require_all(given: set[str], kept: set[str]) -> None:
    assert len(given) >= ENOUGH
    assert given <= kept
    # What is there beyond that is what was on its way.
    assert len(kept - given) <= CLIENTS * len(FLIGHTS)


def test_an_application_that_is_killed_under_load_has_written_down_every_answer(runs: Path, tmp_path: Path) -> None:
    with answering(runs, tmp_path) as (service, address):
        given = under_load(address, service.child.kill)

    (file,) = tmp_path.rglob("production/observed.db")
    with closing(sqlite3.connect(file)) as record:
        kept = {name for (name,) in record.execute("SELECT prediction_id FROM predictions")}
    require_all(given, kept)


@pytest.mark.skipif(os.name == "nt", reason="there is no PostgreSQL of ours on Windows")
def test_on_a_server_no_answer_is_lost_whoever_is_killed(
    runs: Path,
    tmp_path: Path,
    postgres: str,
    postgres_server: Server,
) -> None:
    with answering(runs, tmp_path, FLIGHTTIME_OBSERVED=postgres) as (service, address):
        with httpx.Client(base_url=address, trust_env=False, timeout=PATIENCE) as client:
            given = under_load(address, postgres_server.stop)
            refused, ready, alive = client.post("/predict", json=FLIGHT), client.get("/health/ready"), client.get("/health/live")
            postgres_server.start()
            wait_until(lambda: client.get("/health/ready").status_code == 200)
            require_all(given, kept_in(postgres))
            again = client.post("/predict", json=FLIGHTS)
            waits_alone(client, postgres)
        more = under_load(address, service.child.kill)

    assert (refused.status_code, ready.status_code, alive.status_code, again.status_code) == (503, 503, 200, 200)
    assert "see that the database runs" in refused.json()["detail"]
    assert given | more <= kept_in(postgres)
    assert not list(tmp_path.rglob("production/observed.db"))


@pytest.mark.skipif(os.name == "nt", reason="there is no PostgreSQL of ours on Windows")
def test_a_server_that_refuses_one_answer_is_not_lost_for_the_others(level: int, tmp_path: Path, postgres: str) -> None:
    here = world(level, tmp_path) | {"FLIGHTTIME_OBSERVED": postgres}
    command = [sys.executable, "-c", KEEP]

    told = subprocess.run(command, cwd=LEVELS[level], env=here, capture_output=True, text=True, check=True).stdout

    assert "cannot hold what it is given (PostgreSQL text fields cannot contain NUL" in told
    assert kept_in(postgres) == {"7-one", "7-three"}


def waits_alone(client: httpx.Client, postgres: str) -> None:
    """While the database keeps one request waiting, the application goes on with others."""
    answers: list[int] = []
    asker = threading.Thread(target=lambda: answers.append(client.post("/predict", json=FLIGHT).status_code))
    with psycopg.connect(postgres) as busy:
        busy.execute("LOCK TABLE predictions IN EXCLUSIVE MODE")
        asker.start()
        for _ in range(5):
            assert client.get("/health/live").status_code == 200
        assert answers == []
    asker.join()
    assert answers == [200]


def kept_in(postgres: str) -> set[str]:
    with psycopg.connect(postgres) as record:
        return {name for (name,) in record.execute("SELECT prediction_id FROM predictions")}
