"""The smoke test of a release finds whatever an application may do wrong, and nothing where it does all right."""

import json
import threading
from collections.abc import Callable
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer

import pytest

from flighttime import smoke
from flighttime import steps
from flighttime.errors import Refused

EXAMPLES = [
    {**smoke.UNKNOWN, "carrier": "UA", "minutes": 180.5},
    {**smoke.UNKNOWN, "carrier": "B6", "seats": 149.0, "minutes": 44.25},
]
PROMISED = {example["carrier"]: example["minutes"] for example in EXAMPLES} | {"??": 100.0}


class Played:
    """An application that answers as it should but for what a test takes from it."""

    def __init__(self) -> None:
        self.version = "2"
        self.challenger = {}
        self.ready = (200, {"status": "ready", "model": "2"})
        self.minutes: Callable[[dict], float] = lambda flight: PROMISED[flight["carrier"]]
        self.model: Callable[[int], str] = lambda count: self.version
        self.prediction_id: Callable[[int], str] = lambda place: f"2-{place:032x}"
        self.refusal = (422, "application/problem+json")
        self.page = (200, "text/html; charset=utf-8")
        self.asked = 0

    def get(self, path: str) -> tuple[int, str, object]:
        if path == "/":
            return *self.page, "<html>"
        told = {"/version": (200, {"model": self.version, **self.challenger}), "/health/ready": self.ready}[path]
        return told[0], "application/json", told[1]

    def post(self, sent: dict | list) -> tuple[int, str, object]:
        flights = sent if isinstance(sent, list) else [sent]
        if any(flight["distance"] < 0 for flight in flights):
            return *self.refusal, {"detail": "no"}
        self.asked += 1
        model = self.model(len(flights))
        answers = [{"minutes": self.minutes(flight), "model": model} for flight in flights]
        answers = [{**answer, "prediction_id": self.prediction_id(place)} for place, answer in enumerate(answers)]
        return 200, "application/json", {"model": model, "answers": answers}


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Played:
    monkeypatch.setattr(smoke, "examples", lambda version: EXAMPLES)
    monkeypatch.setattr(smoke, "SECONDS_TO_FOLLOW", 0.2)
    return Played()


@pytest.fixture
def address(played: Played) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.give(*played.get(self.path))

        def do_POST(self) -> None:
            self.give(*played.post(json.loads(self.rfile.read(int(self.headers["Content-Length"])))))

        def give(self, status: int, kind: str, content: object) -> None:
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


def test_where_all_is_as_promised_nothing_is_wrong(address: str, played: Played) -> None:
    assert smoke.check(address, "2") == []
    assert played.asked == len(EXAMPLES) + 2


@pytest.mark.parametrize(
    ("part", "broken", "told"),
    [
        ("version", "1", "was to answer with version 2, but: 1"),
        ("ready", (503, {"detail": "not now"}), '/health/ready: 503 {"detail": "not now"}'),
        ("ready", (200, {"status": "ready", "model": "1"}), "/health/ready: 200"),
        ("minutes", lambda flight: PROMISED[flight["carrier"]] + 2e-9, "one flight: 180.500000002 minutes, and the package"),
        ("minutes", lambda flight: 7.0 if flight["seats"] else PROMISED[flight["carrier"]], "promises 44.25"),
        ("minutes", lambda flight: float("nan"), "unknown codes: nan minutes, and the package promises a number"),
        ("minutes", lambda flight: None, "many flights: 200 "),
        ("model", lambda count: "1", "one flight: answered by version 1, not by 2"),
        ("model", lambda count: "1" if count > 1 else "2", "many flights: answered by version 1, not by 2"),
        ("prediction_id", lambda place: "2-0", "many flights: "),
        ("prediction_id", lambda place: f"1-{place:032x}", "one flight: "),
        ("refusal", (200, "application/json"), "a distance of -1 is not refused with a problem document: 200"),
        ("refusal", (422, "application/json"), "a distance of -1 is not refused with a problem document: 422"),
        ("refusal", (500, "application/problem+json"), "a distance of -1 is not refused with a problem document: 500"),
        ("page", (500, "text/html"), "the page: 500"),
        ("page", (200, "application/json"), "the page: 200"),
    ],
)
def test_what_is_wrong_is_told(address: str, played: Played, part: str, broken: object, told: str) -> None:
    setattr(played, part, broken)

    wrong = smoke.check(address, "2")

    assert any(told in sentence for sentence in wrong), wrong
    assert all(sentence.startswith(address) for sentence in wrong)


def test_where_a_split_is_on_the_other_arm_may_answer_too(address: str, played: Played) -> None:
    played.challenger = {"challenger": "3", "share": 0.2}
    played.model, played.prediction_id = lambda count: "3", lambda place: f"3-{place:032x}"
    played.minutes = lambda flight: 7.0

    assert smoke.check(address, "2") == []


def test_an_answer_too_few_is_told(address: str, played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    post = played.post
    monkeypatch.setattr(played, "post", lambda sent: post(sent[:-1] if isinstance(sent, list) else sent))

    assert smoke.check(address, "2") == [f"{address}: many flights: 1 answers to 2 flights"]


def test_it_waits_until_the_application_follows(address: str, played: Played) -> None:
    played.version = "1"
    threading.Timer(0.1, setattr, (played, "version", "2")).start()

    assert smoke.check(address, "2") == []


@pytest.mark.parametrize("nobody", ["http://127.0.0.1:9", "127.0.0.1:9", "http://127.0.0.1:x"])
def test_an_address_where_nobody_answers_is_told_in_a_sentence(nobody: str, played: Played) -> None:
    (told,) = smoke.check(nobody, "2")

    assert told.startswith(f"{nobody} ")
    assert "does not answer" in told


def test_a_person_asks_in_one_command(address: str, played: Played, capsys: pytest.CaptureFixture) -> None:
    smoke.main(smoke.parser().parse_args(["--address", address]))

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{address} answers with version 2 as its package promises (")
    assert second == "smoke: passed"


def test_a_person_is_told_all_that_is_wrong_and_what_to_do(
    address: str,
    played: Played,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    played.page, played.refusal = (500, "text/html"), (500, "text/html")
    monkeypatch.setattr("sys.argv", ["smoke", "--address", address, "--version", "2"])

    with pytest.raises(SystemExit) as ended:
        steps.run(smoke.main, smoke.parser())

    assert ended.value.code == 2
    (told,) = capsys.readouterr().err.splitlines()
    assert "the page: 500" in told and "-1 is not refused" in told
    assert told.endswith("look at its log, or take the release back with python -m flighttime.rollback")


def test_without_an_application_a_person_is_told_how_to_start_it() -> None:
    with pytest.raises(Refused, match="names no version .*: start it with python -m flighttime.app"):
        smoke.main(smoke.parser().parse_args(["--address", "http://127.0.0.1:9"]))
