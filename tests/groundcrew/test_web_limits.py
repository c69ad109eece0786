"""Limits of size, time and number, allowed host names, and the headers of every response."""

import asyncio
import json
from collections.abc import Awaitable
from collections.abc import Callable

import pytest
from fake_level import Level
from fastapi.testclient import TestClient

from groundcrew.errors import UserError
from groundcrew.web import limits
from groundcrew.web.limits import Limits
from groundcrew.web.security_headers import security_headers
from groundcrew.web.server import ALLOWED_HOSTS


@pytest.fixture
def client() -> TestClient:
    return Level().client()


@pytest.mark.parametrize("path", ["/health/live", "/version", "/nothing", "/openapi.json"])
def test_every_response_has_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers

    expected = security_headers("")
    assert {name: headers[name] for name in expected} == expected
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


def test_only_one_site_may_frame_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_FRAMED_BY", "http://127.0.0.1:8100")

    framed, unframed = Level().client().get("/health/live"), security_headers("")

    policy = framed.headers["content-security-policy"]
    assert policy.endswith("; frame-ancestors http://127.0.0.1:8100")
    assert unframed["Content-Security-Policy"].endswith("; frame-ancestors 'none'")


@pytest.mark.parametrize("site", ["me", "*; script-src *", "http://a b"])
def test_a_framing_site_has_to_be_an_address(site: str) -> None:
    with pytest.raises(UserError, match="not an address: write it like http"):
        security_headers(site)


def test_a_request_that_is_too_large_is_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 1000)

    response = client.post("/predict", content=b"[" + b" " * 1000)

    assert response.status_code == 413
    assert response.json()["detail"] == (
        "more than 1,000 bytes: send the flights in several requests"
    )


async def hang(*ignored: object) -> None:
    await asyncio.sleep(60)


def endless_body() -> Callable[[], Awaitable[dict]]:
    async def receive() -> dict:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b" ", "more_body": True}

    return receive


async def complete_body() -> dict:
    return {"type": "http.request", "body": b"{}", "more_body": False}


def respond(app: Limits, receive: Callable[[], Awaitable[dict]]) -> dict:
    """The problem document that `app` sends."""
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    asyncio.run(app({"type": "http", "method": "POST", "path": "/"}, receive, send))
    return json.loads(sent[1]["body"])


def test_a_body_that_arrives_too_slowly_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.05)

    problem = respond(Limits(hang), endless_body())

    assert problem["status"] == 408
    assert "arrived in 0.05 seconds: send the request faster, or send less" in problem["detail"]


def test_an_incomplete_request_never_reaches_the_application() -> None:
    calls = []

    async def disconnect() -> dict:
        return {"type": "http.disconnect"}

    async def app(*ignored: object) -> None:
        calls.append(1)

    asyncio.run(Limits(app)({"type": "http", "method": "POST", "path": "/"}, disconnect, app))

    assert calls == []


def test_an_answer_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 0.05)

    problem = respond(Limits(hang), complete_body)

    assert problem["status"] == 504
    assert problem["detail"] == "no answer within 0.05 seconds: send fewer flights at once"


def test_too_many_requests_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_REQUESTS", 0)

    problem = respond(Limits(hang), complete_body)

    assert problem["status"] == 503
    assert problem["detail"] == "0 requests are waiting already: try again"


def test_a_refused_request_is_no_longer_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 0.01)
    app = Limits(hang)

    respond(app, complete_body)

    assert app.requests == 0


def test_only_allowed_host_names_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOWED_HOSTS, "127.0.0.1,localhost")
    client = Level().client()

    allowed = client.get("/health/live", headers={"Host": "localhost:8000"})
    refused = client.get("/health/live", headers={"Host": "elsewhere.example:8000"})

    assert allowed.status_code == 200
    assert refused.status_code == 400
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["detail"] == (
        "the host 'elsewhere.example:8000' is not a name of this machine: "
        "use 127.0.0.1 or localhost"
    )


@pytest.mark.parametrize(
    "host", ["127.0.0.1:evil.com", "localhost@evil.com", "localhost:80:80", "localhost:", ""]
)
def test_what_only_begins_with_an_allowed_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv(ALLOWED_HOSTS, "127.0.0.1,localhost")

    refused = Level().client().get("/health/live", headers={"Host": host})

    assert refused.status_code == 400
    assert refused.json()["detail"].startswith(f"the host {host!r} is not a name of this machine")


def test_two_host_headers_are_refused_wherever_the_application_listens(client: TestClient) -> None:
    both = [("Host", "localhost"), ("Host", "evil.example")]

    refused = client.get("/health/live", headers=both)

    assert refused.status_code == 400
    assert refused.json()["detail"] == (
        "the request has 2 Host headers, and only one can be meant: send one"
    )


@pytest.mark.parametrize("host", ["evil.com/x", "a b", "a:b", "[::1"])
def test_a_host_has_to_be_a_name_and_a_port(client: TestClient, host: str) -> None:
    refused = client.get("/health/live", headers={"Host": host})

    assert refused.json()["detail"] == (
        f"the host {host!r} is not a name and a port: write it like 127.0.0.1:8000"
    )


@pytest.mark.parametrize("host", ["example.org", "example.org:8000", "[::1]:8000", "10.0.0.1"])
def test_beyond_loopback_any_name_is_answered(client: TestClient, host: str) -> None:
    assert client.get("/health/live", headers={"Host": host}).status_code == 200
