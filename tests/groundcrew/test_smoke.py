"""The smoke test finds what an application does wrong, and nothing where it does all right."""

import json
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer

import httpx
import pytest

from groundcrew import registry
from groundcrew import smoke

FEATURES = ["carrier", "distance", "seats"]
EXAMPLES = [
    {"carrier": "UA", "distance": 1000, "seats": 149.0, "minutes": 180.5},
    {"carrier": "B6", "distance": 1000, "seats": None, "minutes": 44.25},
]
PROMISED = {example["carrier"]: example["minutes"] for example in EXAMPLES} | {"??": 100.0}
UNKNOWN = {"carrier": "??", "distance": 1000, "seats": None}


class Application:
    """Answers as it should, except for what a test replaces."""

    def __init__(self) -> None:
        self.version = "2"
        self.others: dict = {}
        self.ready = (200, {"status": "ready", "model": "2"})
        self.minutes: Callable[[dict], float] = lambda flight: PROMISED[flight["carrier"]]
        self.model: Callable[[int], str] = lambda count: self.version
        self.prediction_id: Callable[[int], str] = lambda place: f"2-{place:032x}"
        self.refusal = (422, "application/problem+json")
        self.page = (200, "text/html; charset=utf-8")
        self.requests: list[dict | list] = []

    def get(self, path: str) -> tuple[int, str, object]:
        if path == "/":
            return *self.page, "<html>"
        version = (200, {"model": self.version, **self.others})
        status, body = {"/version": version, "/health/ready": self.ready}[path]
        return status, "application/json", body

    def post(self, body: dict | list) -> tuple[int, str, object]:
        flights = body if isinstance(body, list) else [body]
        if any(flight["distance"] < 0 for flight in flights):
            return *self.refusal, {"detail": "no"}
        self.requests.append(body)
        model = self.model(len(flights))
        answers = [
            {
                "minutes": self.minutes(flight),
                "model": model,
                "prediction_id": self.prediction_id(place),
            }
            for place, flight in enumerate(flights)
        ]
        return 200, "application/json", {"model": model, "answers": answers}


@pytest.fixture
def application(monkeypatch: pytest.MonkeyPatch) -> Application:
    monkeypatch.setattr(smoke, "SECONDS_TO_FOLLOW", 0.2)
    return Application()


@pytest.fixture
def address(application: Application) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.answer(*application.get(self.path))

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self.answer(*application.post(json.loads(self.rfile.read(length))))

        def answer(self, status: int, kind: str, content: object) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", f"{len(body)}")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def check(address: str, version: str = "2") -> list[str]:
    return smoke.check(address, version, EXAMPLES, FEATURES)


def test_what_is_no_address_is_reported_with_one_that_is() -> None:
    assert check("hello") == [
        "hello does not answer, since it begins with no http://: "
        "set FLIGHTTIME_APP to an address like http://127.0.0.1:8000"
    ]


def test_an_application_that_answers_as_promised_has_no_failures(
    address: str,
    application: Application,
) -> None:
    assert check(address) == []

    flights = [{name: example[name] for name in FEATURES} for example in EXAMPLES]
    assert application.requests == [*flights, flights, UNKNOWN]


def test_a_proxy_in_the_environment_is_not_used(
    address: str,
    application: Application,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    application.others = {"shadow": "3"}

    assert check(address) == []
    smoke.wait_for_shadow(address, "3")


@pytest.mark.parametrize(
    ("part", "value", "failure"),
    [
        ("version", "1", "should answer with version 2, but: 1"),
        ("ready", (503, {"detail": "not now"}), '/health/ready: 503 {"detail": "not now"}'),
        ("ready", (200, {"status": "ready", "model": "1"}), "/health/ready: 200"),
        (
            "minutes",
            lambda flight: PROMISED[flight["carrier"]] + 2e-9,
            "one flight: 180.500000002 minutes, and the package promises 180.5",
        ),
        (
            "minutes",
            lambda flight: PROMISED[flight["carrier"]] if flight["seats"] else 7.0,
            "7.0 minutes, and the package promises 44.25",
        ),
        (
            "minutes",
            lambda flight: float("nan"),
            "unknown codes: nan minutes, and the package promises a number",
        ),
        ("minutes", lambda flight: None, "many flights: 200 "),
        ("model", lambda count: "1", "one flight: answered by version 1, not by 2"),
        (
            "model",
            lambda count: "1" if count > 1 else "2",
            "many flights: answered by version 1, not by 2",
        ),
        ("prediction_id", lambda place: "2-0", "many flights: 2-0, 2-0 are not the ids"),
        ("prediction_id", lambda place: f"1-{place:032x}", "one flight: 1-0"),
        (
            "refusal",
            (200, "application/json"),
            "a distance of -1 is not refused with a problem document: 200",
        ),
        (
            "refusal",
            (422, "application/json"),
            "a distance of -1 is not refused with a problem document: 422",
        ),
        (
            "refusal",
            (500, "application/problem+json"),
            "a distance of -1 is not refused with a problem document: 500",
        ),
        ("page", (500, "text/html"), "the page: 500"),
        ("page", (200, "application/json"), "the page: 200"),
    ],
)
def test_each_failure_is_reported(
    address: str,
    application: Application,
    part: str,
    value: object,
    failure: str,
) -> None:
    setattr(application, part, value)

    failures = check(address)

    assert any(failure in sentence for sentence in failures), failures
    assert all(sentence.startswith(address) for sentence in failures)
    assert len(failures) <= smoke.MAX_FAILURES


def test_during_an_ab_test_the_challenger_may_answer(
    address: str,
    application: Application,
) -> None:
    application.others = {"challenger": "3", "share": 0.2}
    application.model = lambda count: "3"
    application.prediction_id = lambda place: f"3-{place:032x}"
    application.minutes = lambda flight: 7.0

    assert check(address) == []


def test_a_shadow_may_not_answer(address: str, application: Application) -> None:
    application.others = {"shadow": "3"}
    application.model = lambda count: "3"

    assert f"{address}: one flight: answered by version 3, not by 2" in check(address)


def test_a_missing_answer_is_reported(
    address: str,
    application: Application,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    post = application.post
    monkeypatch.setattr(
        application,
        "post",
        lambda body: post(body[:-1] if isinstance(body, list) else body),
    )

    assert check(address) == [f"{address}: many flights: 1 answers to 2 flights"]


def test_the_application_gets_time_to_switch_to_the_version(
    address: str,
    application: Application,
) -> None:
    application.version = "1"
    threading.Timer(0.1, setattr, (application, "version", "2")).start()

    assert check(address) == []


@pytest.mark.parametrize("nowhere", ["http://127.0.0.1:9", "127.0.0.1:9", "http://127.0.0.1:x"])
def test_an_address_without_an_application_is_reported(
    nowhere: str,
    application: Application,
) -> None:
    (failure,) = check(nowhere)

    assert failure.startswith(f"{nowhere} ")
    assert "does not answer" in failure


NOT_OURS = [b"{}", b"[]", b"7", b"null", b'"2"', b"[" * 100_000, b'{"model": {"a": 1}}']
SIMILAR = [b'{"model": "2"}', b'{"model": "2", "challenger": [3]}', b'{"model": "2", "answers": 7}']


@pytest.mark.parametrize("content", [*NOT_OURS, *SIMILAR])
def test_another_server_that_answers_with_json_is_reported(
    content: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = httpx.MockTransport(lambda request: httpx.Response(200, content=content))
    monkeypatch.setattr(
        smoke,
        "_client",
        lambda address: httpx.Client(base_url=address, transport=server),
    )
    monkeypatch.setattr(smoke, "SECONDS_TO_FOLLOW", 0)

    assert check("http://other")[0].startswith("http://other")
    smoke.wait_for_shadow("http://other", "3")


def test_without_examples_nothing_is_tested(application: Application) -> None:
    (failure,) = smoke.check("http://127.0.0.1:9", "2", [], FEATURES)

    assert failure == "version 2 has no examples to test with: package it again"


def test_waiting_for_a_shadow_ends_when_the_application_names_it(
    address: str,
    application: Application,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setattr(smoke, "SECONDS_TO_FOLLOW", 10)
    threading.Timer(0.1, setattr, (application, "others", {"shadow": "3"})).start()
    began = time.monotonic()

    smoke.wait_for_shadow(address, "3")

    assert time.monotonic() - began < 5
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("where", ["here", "http://127.0.0.1:9", "http://127.0.0.1:x"])
def test_waiting_for_a_shadow_that_never_comes_ends_with_a_warning(
    address: str,
    where: str,
    capsys: pytest.CaptureFixture,
) -> None:
    target = address if where == "here" else where

    smoke.wait_for_shadow(target, "3")

    warning = f"warning: {target} does not use version 3 as its shadow: look at its log\n"
    assert capsys.readouterr().err == warning


@pytest.fixture
def shadows(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The shadows that the registry has had; the last one is the current one."""
    shadows = [""]
    monkeypatch.setattr(registry, "shadow", lambda: shadows[-1])
    monkeypatch.setattr(registry, "set_shadow", shadows.append)
    return shadows


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """For which applications and versions the test waited."""
    waited: list[tuple[str, str]] = []
    monkeypatch.setattr(smoke, "wait_for_shadow", lambda *given: waited.append(given))
    return waited


@pytest.mark.parametrize("version", ["3", ""])
def test_showing_a_shadow_changes_the_registry_once_and_waits_for_the_application(
    version: str,
    shadows: list[str],
    waited: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_APP", "http://app.example")
    shadows.append("2")

    for _ in range(2):
        smoke.show_shadow(version)

    assert shadows == ["", "2", version]
    assert waited == ([("http://app.example", version)] if version else [])


def test_without_an_application_only_the_registry_changes(
    shadows: list[str],
    waited: list[tuple[str, str]],
) -> None:
    smoke.show_shadow("3")

    assert (shadows[-1], waited) == ("3", [])
