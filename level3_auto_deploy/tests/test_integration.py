"""The released application, started as its users start it, answers as the model's maker promised."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pandas as pd
import pytest

from flighttime import client as example
from flighttime.errors import Refused
from flighttime.features import FEATURES

PATIENCE = 60  # seconds


@pytest.fixture(scope="module")
def release(state: Path) -> Path:
    return state / "releases" / (state / "releases" / "current").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def running(release: Path) -> Iterator[tuple[subprocess.Popen, httpx.Client]]:
    """The application, which runs from its release folder and is told nothing but a port, and a client of it."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FLIGHTTIME_")}
    command = [sys.executable, "-m", "flighttime.app", "--port", f"{port}"]
    with (
        subprocess.Popen(command, cwd=release, env=environment) as application,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=PATIENCE) as client,
    ):
        try:
            wait_for(client, application)
            yield application, client
        finally:
            application.terminate()


@pytest.fixture
def client(running: tuple[subprocess.Popen, httpx.Client]) -> httpx.Client:
    return running[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for(client: httpx.Client, application: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE
    while application.poll() is None and time.monotonic() < deadline:
        try:
            client.get("/health/live")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the application did not answer within {PATIENCE} s")


def test_it_is_ready_with_the_model_in_production(client: httpx.Client) -> None:
    health = client.get("/health/ready")

    assert health.status_code == 200
    assert health.json()["status"] == "ready"


def test_it_is_the_released_version(client: httpx.Client, release: Path) -> None:
    assert client.get("/version").json()["application"] == release.name


def test_sample_inputs_give_the_outputs_promised(client: httpx.Client, promised: pd.DataFrame) -> None:
    sent = promised.drop(columns="minutes").to_json(orient="records", double_precision=15)

    answers = client.post("/predict", content=sent, headers={"content-type": "application/json"}).json()["answers"]

    answered = pd.DataFrame(answers).set_index("flight_id")["minutes"]
    pd.testing.assert_series_equal(answered, promised.set_index("flight_id")["minutes"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("body", ["{", "{}", '{"distance": NaN}', "[]"])
def test_a_bad_request_is_the_callers_fault_and_does_no_harm(client: httpx.Client, body: str) -> None:
    response = client.post("/predict", content=body, headers={"content-type": "application/json"})

    assert 400 <= response.status_code < 500
    assert client.get("/health/ready").status_code == 200


def test_the_example_client_gets_the_same_answers(client: httpx.Client, promised: pd.DataFrame) -> None:
    flights = json.loads(promised[["flight_id", *FEATURES]].to_json(orient="records", double_precision=15))

    minutes = example.minutes(flights, str(client.base_url))

    assert minutes == pytest.approx(promised["minutes"].tolist(), rel=0, abs=1e-9)


def test_the_example_client_tells_why_it_was_refused(client: httpx.Client) -> None:
    with pytest.raises(Refused, match=r"refuses: /0/carrier is null: Field required"):
        example.minutes([{}], str(client.base_url))


def test_the_example_client_tells_where_nobody_listens() -> None:
    with pytest.raises(Refused, match="does not answer .*: start it with python -m flighttime.app"):
        example.minutes([], "nowhere")


@pytest.mark.parametrize(("method", "path"), [("GET", "/health/live"), ("POST", "/predict")])
def test_nobody_is_answered_under_another_name(client: httpx.Client, method: str, path: str) -> None:
    refused = client.request(method, path, headers={"Host": "evil.example"})

    assert refused.status_code == 400
    assert "evil.example is no name of this machine" in refused.json()["detail"]


@pytest.mark.skipif(sys.platform == "win32", reason="there it can only be killed")
def test_told_to_stop_it_answers_what_it_has_accepted(running: tuple[subprocess.Popen, httpx.Client]) -> None:
    application, client = running
    body = b'{"carrier": "UA", "origin": "EWR", "dest": "IAH", "distance": 1400, "sched_dep_min": 317}'
    head = f"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((client.base_url.host, client.base_url.port), timeout=PATIENCE) as accepted:
        accepted.sendall(head.encode() + body[:10])
        client.get("/health/live")  # what came before it has been read by now

        application.terminate()
        time.sleep(0.3)
        accepted.sendall(body[10:])

        assert accepted.recv(1000).startswith(b"HTTP/1.1 200 OK")
    assert application.wait(PATIENCE) in (0, -signal.SIGTERM)
