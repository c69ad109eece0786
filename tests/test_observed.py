"""Every acknowledged answer is stored, also if application or database are killed under load."""

import json
import os
import shutil
import sqlite3
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
from level_runs import level_environment
from level_runs import run_python
from level_runs import starter
from postgres import Server

from ladder import ports
from ladder.places import LEVELS
from ladder.service import Service
from ladder.service import running

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("level", [4], indirect=True)]

FLIGHT = {"carrier": "UA", "origin": "EWR", "dest": "IAH", "distance": 1400, "sched_dep_min": 317}
FLIGHTS = [{**FLIGHT, "flight_id": f"2013-03-01 UA{number} EWR-IAH"} for number in range(5)]
CLIENTS = 8
MIN_ANSWERS = 600
TIMEOUT_SECONDS = 30
# A failure of the second answer does not affect the third, although no retry is due.
RECORD = """
from flighttime.predictions import STORE
from groundcrew.errors import UserError
from groundcrew.predictions import recorder
from groundcrew.web import Answer

recorder.SECONDS_BETWEEN_TRIES = 60
record = STORE.recorder("refuse")
features = ("UA", "EWR", "IAH", 1.0, 2.0, None, None)
for flight_id in ("one", "t\\0wo", "three"):
    try:
        record([Answer("7-" + flight_id, flight_id, features, 3.0, "7", "champion", 4.0)])
    except UserError as error:
        print(error)
"""


@contextmanager
def answering(runs: Path, folder: Path, **named: str) -> Iterator[tuple[Service, str]]:
    """Level 4's application on state of its own, and its address."""
    own, port = folder / "runs", ports.somewhere()
    shutil.copytree(runs, own)
    address = f"http://{ports.LOOPBACK}:{port}"
    command = [starter().python, "-m", "flighttime.app", "--port", f"{port}"]
    environment = {**level_environment(4, own), **named}
    with running(
        "the application", command, folder=LEVELS[4], environment=environment, log=folder / "log"
    ) as service:
        service.wait_until_answering(f"{address}/health/ready")
        yield service, address


def under_load(address: str, end: Callable[[], None]) -> set[str]:
    """The ids of the answers that clients received until `end` stopped the server."""
    given: list[str] = []
    arguments = (address, given)
    clients = [threading.Thread(target=send_requests, args=arguments) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    wait_until(lambda: len(given) >= MIN_ANSWERS)
    end()
    for client in clients:
        client.join()
    return set(given)


def send_requests(address: str, given: list[str]) -> None:
    with httpx.Client(base_url=address, trust_env=False, timeout=TIMEOUT_SECONDS) as client:
        while True:
            try:
                answer = client.post("/predict", json=FLIGHTS)
            except httpx.TransportError:
                return
            if answer.status_code != 200:
                return
            given.extend(one["prediction_id"] for one in answer.json()["answers"])


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert true()


def require_stored(given: set[str], stored: set[str]) -> None:
    assert len(given) >= MIN_ANSWERS
    assert given <= stored
    # The others were stored, and on their way to a client.
    assert len(stored - given) <= CLIENTS * len(FLIGHTS)


def test_an_application_that_is_killed_under_load_has_stored_every_answer(
    runs: Path, tmp_path: Path
) -> None:
    with answering(runs, tmp_path) as (service, address):
        given = under_load(address, service.child.kill)

    (file,) = tmp_path.rglob("production/observed.db")
    with closing(sqlite3.connect(file)) as record:
        stored = {name for (name,) in record.execute("SELECT prediction_id FROM predictions")}
    require_stored(given, stored)


@pytest.mark.skipif(os.name == "nt", reason="there is no PostgreSQL of ours on Windows")
def test_on_a_server_no_answer_is_lost_if_database_or_application_are_killed(
    runs: Path,
    tmp_path: Path,
    postgres: str,
    postgres_server: Server,
) -> None:
    with answering(runs, tmp_path, FLIGHTTIME_OBSERVED=postgres) as (service, address):
        with httpx.Client(base_url=address, trust_env=False, timeout=TIMEOUT_SECONDS) as client:
            given = under_load(address, postgres_server.stop)
            refused, ready, alive = (
                client.post("/predict", json=FLIGHT),
                client.get("/health/ready"),
                client.get("/health/live"),
            )
            postgres_server.start()
            wait_until(lambda: client.get("/health/ready").status_code == 200)
            require_stored(given, stored_in(postgres))
            again = client.post("/predict", json=FLIGHTS)
            require_others_answered_during_a_lock(client, postgres)
        more = under_load(address, service.child.kill)

    assert (refused.status_code, ready.status_code, alive.status_code, again.status_code) == (
        503,
        503,
        200,
        200,
    )
    assert "see that the database runs" in refused.json()["detail"]
    assert given | more <= stored_in(postgres)
    assert not list(tmp_path.rglob("production/observed.db"))


def test_a_flight_on_the_command_line_is_answered_with_the_id_that_is_stored(
    level: int, runs: Path, tmp_path: Path
) -> None:
    shutil.copytree(runs, tmp_path / "runs")
    environment = level_environment(level, tmp_path / "runs")
    flight = json.dumps({**FLIGHT, "sched_block": 244, "seats": 149})
    command = f"from flighttime import score; score.main(flight={flight!r})"

    output = run_python(command, level, environment)

    (file,) = tmp_path.rglob("production/observed.db")
    with closing(sqlite3.connect(file)) as record:
        (stored,) = record.execute("SELECT prediction_id FROM predictions").fetchone()
    assert f"prediction_id: {stored}\n" in output


@pytest.mark.skipif(os.name == "nt", reason="there is no PostgreSQL of ours on Windows")
def test_an_answer_that_the_server_refuses_does_not_affect_the_others(
    level: int, tmp_path: Path, postgres: str
) -> None:
    environment = level_environment(level, tmp_path) | {"FLIGHTTIME_OBSERVED": postgres}

    output = run_python(RECORD, level, environment)

    assert "cannot hold what it is given (PostgreSQL text fields cannot contain NUL" in output
    assert stored_in(postgres) == {"7-one", "7-three"}


def require_others_answered_during_a_lock(client: httpx.Client, postgres: str) -> None:
    """While one request waits for the database, the application answers others."""
    answers: list[int] = []
    asker = threading.Thread(
        target=lambda: answers.append(client.post("/predict", json=FLIGHT).status_code)
    )
    with psycopg.connect(postgres) as busy:
        busy.execute("LOCK TABLE predictions IN EXCLUSIVE MODE")
        asker.start()
        for _ in range(5):
            assert client.get("/health/live").status_code == 200
        assert answers == []
    asker.join()
    assert answers == [200]


def stored_in(postgres: str) -> set[str]:
    with psycopg.connect(postgres) as record:
        return {name for (name,) in record.execute("SELECT prediction_id FROM predictions")}
