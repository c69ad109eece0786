"""A feed by URL that hangs, trickles or never ends: reading it ends, and the page is answered."""

import socket
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import suppress

import pytest
from fake_level import Level

from groundcrew import feed
from groundcrew.errors import UserError
from groundcrew.feed import remote
from groundcrew.web import names

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n"
FLIGHT = {"origin": "JFK", "dest": "LAX", "carrier": "B6", "date": "2013-03-01", "time": "17:30"}


class BadFeed:
    """A server that takes each connection and treats it badly, until it is closed."""

    def __init__(self, treat: Callable[[socket.socket, threading.Event], None]) -> None:
        self.treat, self.closed, self.connections = treat, threading.Event(), 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        with suppress(OSError):
            while True:
                connection = self.socket.accept()[0]
                self.connections += 1
                threading.Thread(target=self.answer, args=[connection], daemon=True).start()

    def answer(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            self.treat(connection, self.closed)

    def close(self) -> None:
        self.closed.set()
        self.socket.close()


def hang(connection: socket.socket, closed: threading.Event) -> None:
    closed.wait(60)


def trickle(connection: socket.socket, closed: threading.Event) -> None:
    connection.sendall(HEAD)
    while not closed.wait(0.1):
        connection.sendall(b".")


def trickle_headers(connection: socket.socket, closed: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not closed.wait(0.1):
        connection.sendall(b"a:b\r\n")


def never_end(connection: socket.socket, closed: threading.Event) -> None:
    connection.sendall(HEAD)
    while not closed.is_set():
        connection.sendall(b"." * 100_000)


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable], BadFeed]]:
    """Make a bad feed the feed of this test, with limits that a test can wait for."""
    feeds = []

    def published(treat: Callable) -> BadFeed:
        feeds.append(BadFeed(treat))
        monkeypatch.setenv("FLIGHTTIME_FEED", feeds[-1].address)
        return feeds[-1]

    monkeypatch.setattr(remote, "SECONDS", 1.0)
    monkeypatch.setattr(remote, "SILENT_SECONDS", 0.5)
    monkeypatch.setattr(remote, "MAX_BYTES", 2_000_000)
    yield published
    for bad in feeds:
        bad.close()


BAD = {
    "it hangs": (hang, "timed out"),
    "it trickles": (trickle, "no end after 1.0 seconds"),
    "its headers trickle": (trickle_headers, "no end after 1.0 seconds"),
    "it never ends": (never_end, "it has more than 2,000,000 bytes"),
}


@pytest.mark.parametrize(("treat", "reason"), BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("ask", [lambda today: feed.delivery(today), lambda today: feed.planes()])
def test_a_read_of_a_bad_feed_ends_with_the_reason(
    publish: Callable, today: object, treat: Callable, reason: str, ask: Callable
) -> None:
    publish(treat)
    began = time.monotonic()

    with pytest.raises(UserError, match=rf"^cannot read http://.* \({reason}\): set FLIGHTTIME_"):
        ask(today)

    assert time.monotonic() - began < 5


def test_a_feed_that_hangs_leaves_the_page_its_answer_with_codes(
    publish: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "SECONDS", 20.0)
    monkeypatch.setattr(remote, "SILENT_SECONDS", 20.0)
    monkeypatch.setattr(names, "SECONDS_TO_WAIT", 0.2)
    hanging, reader, client = publish(hang), names.NamesOfFeed(), Level().client()
    began = time.monotonic()

    response = client.get("/", params=FLIGHT)
    found = [reader.read() for _ in range(5)]

    assert (response.status_code, "From JFK to" in response.text) == (200, True)
    assert found == [names.Names()] * 5
    assert time.monotonic() - began < 10
    assert hanging.connections == 2  # one attempt of the page, and one of the reader


def test_names_that_were_read_are_kept_while_the_feed_hangs(
    publish: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = names.NamesOfFeed()
    before = reader.read()

    monkeypatch.setattr(feed, "airports", lambda: time.sleep(5))
    monkeypatch.setattr(names, "SECONDS_TO_WAIT", 0.1)

    assert reader.read() == before
    assert before.airlines["UA"] == "United Air Lines Inc."
