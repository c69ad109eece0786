"""Where answers cannot be written down, everybody is told, what was chosen is done, and it ends by itself."""

import contextlib
import threading
from collections.abc import Iterator
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sql
from fastapi.testclient import TestClient

from flighttime import holdings
from flighttime import observe
from flighttime import production
from flighttime import settings
from flighttime import store
from flighttime.app import app
from flighttime.errors import Refused
from flighttime.web import failed
from flighttime.web import recorded

try:
    import resource
except ImportError:
    resource = None

FLIGHT = {"carrier": "UA", "origin": "EWR", "dest": "IAH", "distance": 1400, "sched_dep_min": 317}


class Model:
    def predict_rows(self, rows: Sequence[tuple]) -> list[float]:
        return [row[3] / 8 for row in rows]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(production, "serving", cache(lambda: production.Production("7", Model())))
    monkeypatch.setattr(recorded, "SECONDS_BETWEEN_TRIES", 0)
    return TestClient(app, raise_server_exceptions=False)


def choose(monkeypatch: pytest.MonkeyPatch, when_lost: str) -> None:
    chosen = settings.all_tuned() | {"observe": {"when_lost": when_lost}}
    monkeypatch.setattr(settings, "all_tuned", lambda: chosen)


def place() -> Path:
    return store.file_of(store.address())


def rows() -> int:
    with store.transaction() as connection:
        return connection.scalar(sql.select(sql.func.count()).select_from(holdings.predictions))


def measured(client: TestClient, name: str) -> float:
    (value,) = [line.split()[1] for line in client.get("/metrics").text.splitlines() if line.startswith(f"{name} ")]
    return float(value)


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """Meanwhile nothing can be written to any file beyond its first page."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.skipif(resource is None, reason="Windows cannot tell a process that the disk is full")
def test_a_full_disk_refuses_answers_and_says_so_until_there_is_room(client: TestClient) -> None:
    assert client.post("/predict", json=FLIGHT).status_code == 200

    with full_disk():
        refused, ready = client.post("/predict", json=FLIGHT), client.get("/health/ready")
        lost, alive = measured(client, "flighttime_record_lost"), client.get("/health/live")

    assert refused.status_code == ready.status_code == 503
    assert "disk" in refused.json()["detail"] and "see to the disk" in ready.json()["detail"]
    assert (lost, alive.status_code) == (1, 200)
    assert client.get("/health/ready").json() == {"status": "ready", "model": "7"}
    assert measured(client, "flighttime_record_lost") == 0
    assert client.post("/predict", json=FLIGHT).status_code == 200
    assert rows() == 2


def test_where_answers_matter_more_they_are_given_and_counted(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, "answer")
    place().mkdir(parents=True)
    before = measured(client, "flighttime_unrecorded_total")

    answered = client.post("/predict", json=[FLIGHT] * 3)
    ready = client.get("/health/ready")

    assert (answered.status_code, ready.status_code) == (200, 200)
    assert "see to the disk" in ready.json()["unrecorded"]
    assert measured(client, "flighttime_unrecorded_total") == before + 3
    place().rmdir()
    assert client.get("/health/ready").json() == {"status": "ready", "model": "7"}
    assert client.post("/predict", json=FLIGHT).status_code == 200
    assert (rows(), measured(client, "flighttime_unrecorded_total")) == (1, before + 3)


def test_a_file_that_was_deleted_is_begun_anew(client: TestClient) -> None:
    client.post("/predict", json=FLIGHT)
    for part in place().parent.glob("observed.db*"):
        part.unlink()

    assert client.get("/health/ready").status_code == 200
    assert client.post("/predict", json=FLIGHT).status_code == 200
    assert rows() == 1


def test_a_choice_that_is_none_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, "ignore")
    place().mkdir(parents=True)

    refused = client.post("/predict", json=FLIGHT)

    assert refused.status_code == 503
    assert refused.json()["detail"] == "when_lost is 'ignore' in flighttime.toml, under [observe]: write refuse or answer"


def test_what_is_lost_is_not_tried_by_every_request(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "SECONDS_BETWEEN_TRIES", 60)
    place().mkdir(parents=True)
    first = client.post("/predict", json=FLIGHT)
    place().rmdir()

    second = client.post("/predict", json=FLIGHT)

    assert (first.status_code, second.status_code) == (503, 503)
    assert first.json()["detail"] == second.json()["detail"]


@pytest.mark.parametrize("when_lost", recorded.CHOICES)
def test_while_one_waits_for_what_is_lost_the_others_go_on(
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    when_lost: str,
) -> None:
    choose(monkeypatch, when_lost)
    place().mkdir(parents=True)
    client.post("/predict", json=FLIGHT)
    tries, waits, answers = [], threading.Event(), threading.Event()

    def silent(*asked: object) -> None:
        tries.append(asked)
        waits.set()
        answers.wait(0.5)
        raise Refused("it is silent: wake it up")

    monkeypatch.setattr(observe, "record", silent)
    monkeypatch.setattr(store, "touch", silent)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(recorded.RECORD.look)
        assert waits.wait(5)
        second, ready, lost = client.post("/predict", json=FLIGHT), client.get("/health/ready"), measured(client, "flighttime_record_lost")
        answers.set()

    assert len(tries) == 1
    assert second.status_code == ready.status_code == (503 if when_lost == "refuse" else 200)
    assert (lost, first.result()) == (1, "it is silent: wake it up")


@pytest.mark.parametrize("when_lost", recorded.CHOICES)
def test_what_cannot_be_kept_of_one_request_is_nothing_to_the_next(
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    when_lost: str,
) -> None:
    choose(monkeypatch, when_lost)
    monkeypatch.setattr(recorded, "SECONDS_BETWEEN_TRIES", 60)
    before = measured(client, "flighttime_unrecorded_total")
    answer = ["7-of it", "\ud800", *[None] * 7, 175.0, "7", "champion", 1.0]

    with pytest.raises(Refused, match="cannot hold what it is given") if when_lost == "refuse" else contextlib.nullcontext():
        recorded.RECORD.keep([answer])

    assert "cannot hold what it is given" in capsys.readouterr().err
    assert client.get("/health/ready").json() == {"status": "ready", "model": "7"}
    assert client.post("/predict", json=FLIGHT).status_code == 200
    assert (rows(), measured(client, "flighttime_unrecorded_total") - before) == (1, when_lost == "answer")


def test_failures_are_counted_by_their_day_once_they_can_be(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failed, "SECONDS", 60)
    failed.WAITING.clear()
    place().mkdir(parents=True)
    for path in ("/predict", "/predict", "/invocations"):
        client.post(path, json={"dataframe_records": [FLIGHT]} if path == "/invocations" else FLIGHT)
    client.post("/predict", json={"distance": "far"})
    client.get("/health/ready")
    failed.write()
    place().rmdir()

    failed.write()
    failed.write()

    with store.transaction() as connection:
        kept = sorted(tuple(row) for row in connection.execute(sql.select(holdings.failures)))
    assert kept == [("2013-03-01", "/invocations", "503", 1), ("2013-03-01", "/predict", "503", 2)]
    failed.WAITING.clear()
