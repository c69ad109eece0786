"""Answers that cannot be stored are refused or counted, as chosen, until the store works again."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import level_runs
import pytest
from fake_level import FLIGHT
from fake_level import BrokenModel
from fake_level import FakeModel
from fake_level import Level
from fastapi.testclient import TestClient
from prediction_store import DAY
from prediction_store import answer
from prediction_store import rows
from prediction_store import store_file
from prediction_store import use_store

from groundcrew import predictions
from groundcrew.errors import UserError
from groundcrew.predictions import Recorder
from groundcrew.predictions import database
from groundcrew.predictions import failed_requests
from groundcrew.predictions import prediction_log
from groundcrew.predictions import recorder
from groundcrew.predictions import schema
from groundcrew.serving import Serving

try:
    import resource
except ImportError:
    resource = None

SECONDS = 60
# An application in a process of its own: fake_level and prediction_store are in this folder.
APPLICATION = """
import sys

sys.path.insert(0, sys.argv[1])
import prediction_store
import uvicorn
from fake_level import Level
from groundcrew.predictions import Recorder

prediction_store.use_project()
app = Level(record=Recorder("refuse")).app()
uvicorn.run(app, port=int(sys.argv[2]), log_level="error")
"""
# One request whose answer cannot be stored, then the metrics of all processes.
METRICS = """
import sys

sys.path.insert(0, sys.argv[1])
import fake_level
import prediction_store
from groundcrew.predictions import Recorder

prediction_store.use_project()
client = fake_level.Level(record=Recorder("answer")).client()
client.post("/predict", json=fake_level.FLIGHT)
print(client.get("/metrics").text)
"""


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_store(tmp_path / "runs", monkeypatch)
    monkeypatch.setattr(recorder, "SECONDS_BETWEEN_TRIES", 0)
    # Failures of one test must not be written into the store of the next.
    monkeypatch.setattr(failed_requests, "SECONDS_BETWEEN_WRITES", 3600)


def client_of(record: Recorder, serving: Serving | None = None) -> TestClient:
    return Level(serving or Serving(FakeModel("7")), record=record).client()


def metric(client: TestClient, name: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    (value,) = [line.split()[1] for line in lines if line.startswith(f"{name} ")]
    return float(value)


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """Let nothing be written to any file beyond its first page."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_the_application_gives_the_answers_that_it_has_stored() -> None:
    flights = [{**FLIGHT, "flight_id": f"2013-03-05 UA{n}", "distance": 800 + n} for n in range(9)]

    answers = client_of(Recorder("refuse")).post("/predict", json=flights).json()["answers"]

    columns = ["prediction_id", "model", "flight_id", "minutes"]
    stored = predictions.answers(DAY, DAY)[columns].sort_values("minutes")
    assert answers == stored.to_dict(orient="records")
    assert all(row.milliseconds >= 0 for row in rows())


def test_the_answers_of_a_shadow_are_stored_and_not_given() -> None:
    flights = [{**FLIGHT, "flight_id": f"2013-03-05 UA{n}"} for n in range(3)]
    serving = Serving(FakeModel("7"), shadow=FakeModel("8", late=20))

    response = client_of(Recorder("refuse"), serving).post("/predict", json=flights)

    assert [given["model"] for given in response.json()["answers"]] == ["7"] * 3
    assert sorted((row.role, row.model, row.minutes) for row in rows()) == [
        *[("champion", "7", 175.0)] * 3,
        *[("shadow", "8", 195.0)] * 3,
    ]
    assert predictions.answers(DAY, DAY)["model"].tolist() == ["7"] * 3


def test_a_shadow_that_fails_does_not_harm_the_answer() -> None:
    serving = Serving(FakeModel("7"), shadow=BrokenModel("8"))

    response = client_of(Recorder("refuse"), serving).post("/predict", json=FLIGHT)

    assert response.status_code == 200
    assert [row.role for row in rows()] == ["champion"]


@pytest.mark.skipif(resource is None, reason="Windows cannot limit the size of files")
def test_a_full_disk_refuses_answers_until_there_is_room() -> None:
    client = client_of(Recorder("refuse"))
    assert client.post("/predict", json=FLIGHT).status_code == 200

    with full_disk():
        refused, ready = client.post("/predict", json=FLIGHT), client.get("/health/ready")
        lost, live = metric(client, "flighttime_record_lost"), client.get("/health/live")

    assert refused.status_code == ready.status_code == 503
    assert "check its disk" in refused.json()["detail"]
    assert "check its disk" in ready.json()["detail"]
    assert (lost, live.status_code) == (1, 200)
    assert client.get("/health/ready").json() == {"status": "ready", "model": "7"}
    assert metric(client, "flighttime_record_lost") == 0
    assert client.post("/predict", json=FLIGHT).status_code == 200
    assert len(rows()) == 2


def test_answers_are_given_and_counted_if_that_was_chosen() -> None:
    client = client_of(Recorder("answer"))
    store_file().mkdir(parents=True)
    before = metric(client, "flighttime_unrecorded_total")

    answered, ready = client.post("/predict", json=[FLIGHT] * 3), client.get("/health/ready")

    assert (answered.status_code, ready.status_code) == (200, 200)
    assert "check its disk" in ready.json()["unrecorded"]
    assert metric(client, "flighttime_unrecorded_total") == before + 3
    store_file().rmdir()
    assert client.get("/health/ready").json() == {"status": "ready", "model": "7"}
    assert client.post("/predict", json=FLIGHT).status_code == 200
    assert (len(rows()), metric(client, "flighttime_unrecorded_total")) == (1, before + 3)


def test_a_file_that_was_deleted_is_created_again() -> None:
    client = client_of(Recorder("refuse"))
    client.post("/predict", json=FLIGHT)
    for part in store_file().parent.glob("observed.db*"):
        part.unlink()

    assert client.get("/health/ready").status_code == 200
    assert client.post("/predict", json=FLIGHT).status_code == 200
    assert len(rows()) == 1


def test_an_unknown_choice_is_a_user_error() -> None:
    message = "when_lost is 'ignore' in flighttime.toml: write refuse or answer"
    with pytest.raises(UserError, match=message):
        Recorder("ignore")


def test_a_lost_store_is_not_tried_by_every_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "SECONDS_BETWEEN_TRIES", 60)
    client = client_of(Recorder("refuse"))
    store_file().mkdir(parents=True)
    first = client.post("/predict", json=FLIGHT)
    store_file().rmdir()

    second = client.post("/predict", json=FLIGHT)

    assert (first.status_code, second.status_code) == (503, 503)
    assert first.json()["detail"] == second.json()["detail"]


@pytest.mark.parametrize("when_lost", recorder.CHOICES)
def test_one_thread_waits_for_a_silent_database_and_the_others_continue(
    monkeypatch: pytest.MonkeyPatch,
    when_lost: str,
) -> None:
    record = Recorder(when_lost)
    client = client_of(record)
    store_file().mkdir(parents=True)
    client.post("/predict", json=FLIGHT)
    tries, waiting, go_on = [], threading.Event(), threading.Event()

    def silent(*arguments: object) -> None:
        tries.append(arguments)
        waiting.set()
        go_on.wait(0.5)
        raise UserError("the database is silent: restart it")

    monkeypatch.setattr(prediction_log, "log", silent)
    monkeypatch.setattr(database, "probe", silent)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(record.check)
        assert waiting.wait(5)
        second, ready = client.post("/predict", json=FLIGHT), client.get("/health/ready")
        lost = metric(client, "flighttime_record_lost")
        go_on.set()

    assert len(tries) == 1
    assert second.status_code == ready.status_code == (503 if when_lost == "refuse" else 200)
    assert (lost, first.result()) == (1, "the database is silent: restart it")


@pytest.mark.parametrize("when_lost", recorder.CHOICES)
def test_a_value_that_cannot_be_stored_is_the_fault_of_its_own_request(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    when_lost: str,
) -> None:
    monkeypatch.setattr(recorder, "SECONDS_BETWEEN_TRIES", 60)
    record = Recorder(when_lost)
    client = client_of(record)
    before = metric(client, "flighttime_unrecorded_total")
    refused = pytest.raises(UserError, match="cannot hold what it is given")

    with refused if when_lost == "refuse" else contextlib.nullcontext():
        record([answer("\ud800")])

    assert "cannot hold what it is given" in capsys.readouterr().err
    assert client.get("/health/ready").json() == {"status": "ready", "model": "7"}
    assert client.post("/predict", json=FLIGHT).status_code == 200
    counted = metric(client, "flighttime_unrecorded_total") - before
    assert (len(rows()), counted) == (1, when_lost == "answer")


def test_failures_are_counted_by_day_once_the_store_works() -> None:
    record = Recorder("refuse")
    client = client_of(record)
    store_file().mkdir(parents=True)
    for path in ("/predict", "/predict", "/invocations"):
        body = FLIGHT if path == "/predict" else {"dataframe_records": [FLIGHT]}
        client.post(path, json=body)
    client.post("/predict", json={"distance": "far"})
    client.get("/health/ready")
    record.failures.write()
    store_file().rmdir()

    record.failures.write()
    record.failures.write()

    stored = sorted(tuple(row) for row in rows(schema.failures))
    assert stored == [
        ("2013-03-01", "/invocations", "503", 1),
        ("2013-03-01", "/predict", "503", 2),
    ]
    assert predictions.failures(DAY.replace(day=1), DAY) == 3
    assert predictions.failures(DAY, DAY) == 0


def test_the_metric_finds_a_lost_store_without_any_request() -> None:
    client = client_of(Recorder("answer"))
    store_file().mkdir(parents=True)
    lost = metric(client, "flighttime_record_lost")
    store_file().rmdir()

    assert (lost, metric(client, "flighttime_record_lost")) == (1, 0)


def test_several_processes_share_their_metrics(tmp_path: Path) -> None:
    store_file().mkdir(parents=True)
    (tmp_path / "metrics").mkdir()
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": f"{tmp_path / 'metrics'}"}
    folder = Path(__file__).parent
    command = [sys.executable, "-c", METRICS, f"{folder}"]

    runs = [
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]

    assert "flighttime_record_lost 1.0" in runs[1].stdout
    assert "flighttime_unrecorded_total 2.0" in runs[1].stdout


def test_a_file_is_local_and_a_server_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    record = Recorder("refuse")
    assert record.local

    monkeypatch.setenv("FLIGHTTIME_OBSERVED", "postgresql+psycopg://flights@db.example/flights")

    assert not record.local


@pytest.fixture
def running() -> Iterator[tuple[subprocess.Popen, str]]:
    """The application in a process of its own, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    folder = Path(__file__).parent
    command = [level_runs.starter().python, "-c", APPLICATION, f"{folder}", f"{port}"]
    with subprocess.Popen(command, env=level_runs.warmly()) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until_live(address, process)
            yield process, address
        finally:
            process.kill()


def wait_until_live(address: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{address}/health/live", trust_env=False)
            return
        time.sleep(0.05)
    pytest.fail(f"the application did not answer within {SECONDS} s")


def test_no_answer_is_lost_when_the_application_is_killed(
    running: tuple[subprocess.Popen, str],
) -> None:
    process, address = running
    given: list[str] = []
    clients = [threading.Thread(target=ask_until_killed, args=(address, given)) for _ in range(4)]

    for client in clients:
        client.start()
    deadline = time.monotonic() + SECONDS
    while len(given) < 300 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    for client in clients:
        client.join()

    assert len(given) >= 300
    assert set(given) <= {row.prediction_id for row in rows()}


def ask_until_killed(address: str, given: list[str]) -> None:
    flights = [{**FLIGHT, "flight_id": f"2013-03-05 UA{n}"} for n in range(3)]
    with httpx.Client(base_url=address, trust_env=False, timeout=SECONDS) as client:
        with contextlib.suppress(httpx.TransportError):
            while True:
                answers = client.post("/predict", json=flights).json()["answers"]
                given.extend(one["prediction_id"] for one in answers)
