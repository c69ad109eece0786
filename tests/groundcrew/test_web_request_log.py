"""Every request has an id and one line in the log, which is JSON and names no one."""

import json
import logging
import sys

import pytest
from fake_level import FLIGHT
from fake_level import Level
from fastapi import FastAPI
from fastapi.testclient import TestClient

from groundcrew.web.json_logs import JsonFormatter
from groundcrew.web.request_log import RequestLog


@pytest.fixture
def client() -> TestClient:
    return Level().client()


def test_a_request_keeps_the_id_that_the_client_sent(client: TestClient) -> None:
    response = client.get("/health/live", headers={"X-Request-ID": "order-7.a_B"})

    assert response.headers["x-request-id"] == "order-7.a_B"


@pytest.mark.parametrize("given", ["", "two words", "x" * 65, "a\tb", "<b>"])
def test_an_invalid_id_is_replaced(client: TestClient, given: str) -> None:
    response = client.get("/nothing", headers={"X-Request-ID": given})

    assert len(response.headers["x-request-id"]) == 32
    assert response.json()["request_id"] == response.headers["x-request-id"]


def test_the_log_has_the_route_and_no_personal_data(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "groundcrew")
    headers = {"User-Agent": "somebody"}

    client.post("/predict?by=somebody", json={**FLIGHT, "flight_id": "secret"}, headers=headers)
    client.get("/somebody")

    answered, missed = caplog.records
    assert (answered.method, answered.route, answered.status) == ("POST", "/predict", 200)
    assert (missed.route, missed.status) == ("none", 404)
    for record in caplog.records:
        words = set(str(record.__dict__).replace("'", " ").split())
        assert not {"secret", "somebody", "testclient"} & words


def test_a_bug_is_answered_with_its_id_and_logged_with_its_cause(
    caplog: pytest.LogCaptureFixture,
) -> None:
    failures = []
    app = FastAPI()
    app.add_api_route("/", lambda: 1 / 0)
    app.add_middleware(RequestLog, on_failure=lambda path, status: failures.append((path, status)))

    response = TestClient(app).get("/")

    assert response.status_code == 500
    assert "division" not in response.text
    assert response.json()["request_id"] in response.json()["detail"]
    (failed,) = [record for record in caplog.records if record.message == "failed"]
    assert failed.request_id == response.json()["request_id"]
    assert failed.exc_info[0] is ZeroDivisionError
    assert failures == [("/", 500)]


def test_a_line_has_the_message_the_time_and_all_other_fields() -> None:
    fields = {"levelname": "INFO", "msg": "answered %s", "args": ("all",), "created": 0}
    record = logging.makeLogRecord({**fields, "status": 200})

    line = JsonFormatter().format(record)

    assert json.loads(line) == {
        "levelname": "INFO",
        "message": "answered all",
        "status": 200,
        "timestamp": "1970-01-01T00:00:00+00:00",
    }


def test_an_exception_is_one_line_with_its_traceback() -> None:
    try:
        raise ValueError("two\nlines \ud800")
    except ValueError:
        fields = {"msg": "failed", "exc_info": sys.exc_info(), "cause": ValueError()}
        record = logging.makeLogRecord(fields)

    line = JsonFormatter().format(record)

    assert len(line.splitlines()) == 1
    assert "ValueError: two\nlines \ud800" in json.loads(line)["exc_info"]
