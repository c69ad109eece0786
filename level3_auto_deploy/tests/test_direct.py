"""What goes straight to its answer gets the answer that the framework would give, only sooner."""

import json
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from flighttime.app import app
from flighttime.web import api
from flighttime.web import invocations
from flighttime.web import problems

FLIGHT = {"carrier": "UA", "origin": "EWR", "dest": "IAH", "distance": 1400, "sched_dep_min": 317}
ASKED = {
    "a flight": ("/predict", json.dumps(FLIGHT), "application/json"),
    "flights": ("/predict", json.dumps([FLIGHT] * 3), "application/json; charset=utf-8"),
    "a mistake": ("/predict", json.dumps(FLIGHT | {"distance": -1}), "application/json"),
    "no JSON": ("/predict", "{", "application/json"),
    "text": ("/predict", "{}", "text/plain"),
    "a table": ("/invocations", json.dumps({"instances": [FLIGHT]}), "application/json"),
    "no table": ("/invocations", "7", "application/json"),
}


@pytest.fixture
def framework() -> TestClient:
    """The same routes without the short cut."""
    plain = FastAPI()
    plain.include_router(api.router)
    plain.include_router(invocations.router)
    problems.install(plain)
    return TestClient(plain)


@pytest.mark.parametrize(("path", "body", "kind"), ASKED.values(), ids=ASKED.keys())
def test_the_answer_is_the_frameworks(framework: TestClient, settled: Path, path: str, body: str, kind: str) -> None:
    straight, around = (
        client.post(path, content=body, headers={"Content-Type": kind}) for client in (TestClient(app), framework)
    )

    assert straight.status_code == around.status_code
    assert straight.headers["content-type"] == around.headers["content-type"]
    assert lasting(straight.json()) == lasting(around.json())


def lasting(told: dict) -> dict:
    """Without what is new each time."""
    answers = [{name: answer[name] for name in ("flight_id", "minutes")} for answer in told.get("answers", [])]
    return {**told, "answers": answers, "request_id": None}


def test_without_a_model_it_says_so(framework: TestClient) -> None:
    straight, around = (client.post("/predict", json=FLIGHT).json() for client in (TestClient(app), framework))

    assert straight["status"] == around["status"] == 503
    assert straight["detail"] == around["detail"]


def test_another_method_is_left_to_the_framework() -> None:
    assert TestClient(app).get("/predict").status_code == 405
