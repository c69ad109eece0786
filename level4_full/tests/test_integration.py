"""The released application, started as its users start it, answers as the model's maker promised."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pandas as pd
import pytest

PATIENCE = 60  # seconds


@pytest.fixture(scope="module")
def release(state: Path) -> Path:
    return state / "releases" / (state / "releases" / "current").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def client(release: Path) -> Iterator[httpx.Client]:
    """A client of the application, which runs from its release folder and is told nothing but a port."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FLIGHTTIME_")}
    command = [sys.executable, "-m", "flighttime.app", "--port", f"{port}"]
    with (
        subprocess.Popen(command, cwd=release, env=environment) as application,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=PATIENCE) as client,
    ):
        try:
            wait_for(client, application)
            yield client
        finally:
            application.terminate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for(client: httpx.Client, application: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE
    while application.poll() is None and time.monotonic() < deadline:
        try:
            client.get("/health")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the application did not answer within {PATIENCE} s")


def test_it_is_ready_with_the_model_in_production(client: httpx.Client) -> None:
    health = client.get("/health")

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
    assert client.get("/health").status_code == 200
