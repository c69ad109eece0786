"""Whatever is asked: an id, one line in the log without a word of who asked what, limits, and safe headers."""

import asyncio
import json
import logging
import os
import subprocess
import sys
from collections.abc import Awaitable
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from flighttime.app import app
from flighttime.errors import Refused
from flighttime.web import headers
from flighttime.web import limits
from flighttime.web.access import Access
from flighttime.web.host import Host
from flighttime.web.limits import Limits

FLIGHT = {"carrier": "UA", "origin": "EWR", "dest": "IAH", "distance": 1400, "sched_dep_min": 317}


@pytest.fixture
def client() -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize("path", ["/health/live", "/version", "/nothing", "/openapi.json"])
def test_every_answer_tells_the_browser_to_run_nothing_else(client: TestClient, path: str) -> None:
    answered = client.get(path).headers

    assert answered["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in answered["content-security-policy"]
    assert {name: answered[name] for name in headers.HEADERS} == headers.HEADERS
    assert answered["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("named", "allowed"),
    [("http://127.0.0.1:8100", "http://127.0.0.1:8100"), ("", "'none'"), ("*; script-src *", "'none'")],
)
def test_only_the_address_that_the_operator_names_may_show_a_page_in_its_own(named: str, allowed: str) -> None:
    script = "from flighttime.web import headers; print(headers.HEADERS['Content-Security-Policy'])"
    environment = {**os.environ, "FLIGHTTIME_FRAMED_BY": named}

    policy = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True).stdout

    assert policy.split("; ")[-1] == f"frame-ancestors {allowed}\n"


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(Refused, match="FLIGHTTIME_FRAMED_BY is 'me', not an address: write it like http"):
        headers.require_address("me")


def test_a_request_keeps_the_id_that_it_came_with(client: TestClient) -> None:
    assert client.get("/health/live", headers={"X-Request-ID": "order-7.a_B"}).headers["x-request-id"] == "order-7.a_B"


@pytest.mark.parametrize("given", ["", "two words", "x" * 65, "a\tb", "<b>"])
def test_an_id_that_cannot_be_written_down_is_replaced(client: TestClient, given: str) -> None:
    answered = client.get("/nothing", headers={"X-Request-ID": given})

    assert len(answered.headers["x-request-id"]) == 32
    assert answered.json()["request_id"] == answered.headers["x-request-id"]


def test_the_log_has_the_route_and_nothing_of_who_asked_what(
    client: TestClient,
    settled: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "flighttime")

    client.post("/predict?by=somebody", json={**FLIGHT, "flight_id": "secret"}, headers={"User-Agent": "somebody"})
    client.get("/somebody")

    predicted, missed = caplog.records
    assert (predicted.method, predicted.route, predicted.status) == ("POST", "/predict", 200)
    assert (missed.route, missed.status) == ("none", 404)
    for record in caplog.records:
        assert not {"secret", "somebody", "testclient"} & set(str(record.__dict__).replace("'", " ").split())


def test_a_failure_is_told_by_its_id_and_logged_with_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    broken = FastAPI()
    broken.add_api_route("/", lambda: 1 / 0)
    broken.add_middleware(Access)

    response = TestClient(broken).get("/")

    assert response.status_code == 500
    assert "division" not in response.text
    assert response.json()["request_id"] in response.json()["detail"]
    (failed,) = [record for record in caplog.records if record.message == "failed"]
    assert failed.request_id == response.json()["request_id"]
    assert failed.exc_info[0] is ZeroDivisionError


def test_a_request_that_is_too_large_is_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 1000)

    response = client.post("/predict", content=b"[" + b" " * 1000)

    assert response.status_code == 413
    assert response.json()["detail"] == "more than 1,000 bytes: send the flights in several requests"


async def hang(*ignored: object) -> None:
    await asyncio.sleep(60)


def drip() -> Callable[[], Awaitable[dict]]:
    """A client that never comes to an end."""

    async def receive() -> dict:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b" ", "more_body": True}

    return receive


async def whole() -> dict:
    return {"type": "http.request", "body": b"{}", "more_body": False}


def asked(guarded: Limits, receive: Callable[[], Awaitable[dict]]) -> dict:
    """What the client is told, by status and content."""
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    asyncio.run(guarded({"type": "http", "method": "POST", "path": "/"}, receive, send))
    return {"status": sent[0]["status"], **json.loads(sent[1]["body"])}


def test_a_request_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS_TO_SEND", 0.05)

    told = asked(Limits(hang), drip())

    assert told["status"] == 408
    assert "bytes in 0.05 seconds and no end: send it faster, or less" in told["detail"]


def test_half_a_request_is_never_worked_on() -> None:
    worked_on = []

    async def gone() -> dict:
        return {"type": "http.disconnect"}

    async def work(*ignored: object) -> None:
        worked_on.append(1)

    asyncio.run(Limits(work)({"type": "http", "method": "POST", "path": "/"}, gone, work))

    assert worked_on == []


def test_an_answer_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS_TO_ANSWER", 0.05)

    told = asked(Limits(hang), whole)

    assert told["status"] == 504
    assert told["detail"] == "no answer within 0.05 seconds: ask for fewer flights at once"


def test_too_many_at_once_are_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_AT_ONCE", 0)

    told = asked(Limits(hang), whole)

    assert told["status"] == 503
    assert told["detail"] == "0 requests are waiting already: try again"


def test_a_place_is_free_again_after_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS_TO_ANSWER", 0.01)
    guarded = Limits(hang)

    asked(guarded, whole)

    assert guarded.at_once == 0


def test_under_another_name_nothing_is_answered() -> None:
    local = FastAPI()
    local.add_api_route("/", lambda: "hello")
    local.add_middleware(Host, names=["localhost"])
    local.add_middleware(Limits)
    client = TestClient(local)

    refused = client.get("/", headers={"Host": "elsewhere.example:8000"})

    assert client.get("/", headers={"Host": "localhost:8000"}).status_code == 200
    assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")
    assert refused.json()["detail"] == "elsewhere.example:8000 is no name of this machine: ask for localhost"


def test_operating_needs_a_token_to_be_set(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLIGHTTIME_TOKEN", raising=False)

    response = client.put("/admin/drain", headers={"Authorization": "Bearer "})

    assert response.status_code == 403
    assert response.json()["detail"].endswith("start the application with FLIGHTTIME_TOKEN set")


@pytest.mark.parametrize("given", [{}, {"Authorization": "Bearer open"}, {"Authorization": "Basic sesame"}])
def test_operating_needs_the_right_token(client: TestClient, monkeypatch: pytest.MonkeyPatch, given: dict) -> None:
    monkeypatch.setenv("FLIGHTTIME_TOKEN", "sesame")

    response = client.put("/admin/drain", headers=given)

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


def test_a_draining_application_answers_but_is_not_ready(
    client: TestClient,
    settled: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_TOKEN", "sesame")
    operator = {"Authorization": "Bearer sesame"}

    assert client.put("/admin/drain", headers=operator).json() == {"draining": True}

    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200
    assert client.post("/predict", json=FLIGHT).status_code == 200
    assert client.put("/admin/drain?on=false", headers=operator).json() == {"draining": False}
    assert client.get("/health/ready").status_code == 200
