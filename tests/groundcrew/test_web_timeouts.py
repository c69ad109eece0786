"""A client that does not finish its headers or does not read its response is disconnected."""

import asyncio
import contextlib
from asyncio import StreamReader
from asyncio import StreamWriter
from collections.abc import Awaitable
from collections.abc import Callable

import pytest
import uvicorn

from groundcrew.web import bounded
from groundcrew.web import timeouts
from groundcrew.web.timeouts import TimeoutProtocol

# More than the buffers of a connection hold.
LARGE = 20_000_000


async def hello(scope: dict, receive: Callable, send: Callable) -> None:
    await receive()
    headers = [(b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


def talk(
    conversation: Callable[[StreamReader, StreamWriter], Awaitable[bytes]],
    app: Callable = hello,
) -> bytes:
    """What a client received from a listening server."""

    async def serve_and_talk() -> bytes:
        how = {"http": TimeoutProtocol, "log_config": None, "lifespan": "off"}
        server = uvicorn.Server(uvicorn.Config(app, port=0, **how))
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        received = await asyncio.wait_for(conversation(reader, writer), 10)
        writer.close()
        server.should_exit = True
        await serving
        return received

    return asyncio.run(serve_and_talk())


async def large_response(scope: dict, receive: Callable, send: Callable) -> None:
    headers = [(b"content-length", b"%d" % LARGE)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": LARGE * b"x"})


async def early_response(scope: dict, receive: Callable, send: Callable) -> None:
    """Responds before the body is complete."""
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": b"no"})


async def incomplete_headers(reader: StreamReader, writer: StreamWriter) -> bytes:
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
    return await reader.read(100)


async def endless_headers(reader: StreamReader, writer: StreamWriter) -> bytes:
    value = b"x" * 10 * bounded.MAX_HEADER_BYTES
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + value)
    with contextlib.suppress(ConnectionError):
        return await reader.read(100)
    return b""


async def send_nothing(reader: StreamReader, writer: StreamWriter) -> bytes:
    return await reader.read(100)


async def incomplete_second_request(reader: StreamReader, writer: StreamWriter) -> bytes:
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await reader.readuntil(b"hello")
    return await incomplete_headers(reader, writer)


async def endless_body(reader: StreamReader, writer: StreamWriter) -> bytes:
    """Sends on, long after the response."""
    writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")
    received = asyncio.ensure_future(reader.read())
    while not received.done():
        writer.write(b"x")
        await asyncio.sleep(timeouts.HEADER_SECONDS / 3)
    return received.result()


async def read_nothing(reader: StreamReader, writer: StreamWriter) -> bytes:
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    writer.transport.pause_reading()
    await asyncio.sleep(3 * timeouts.RESPONSE_SECONDS)
    writer.transport.resume_reading()
    return await reader.read()


async def read_everything(reader: StreamReader, writer: StreamWriter) -> bytes:
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    return await reader.read()


async def pause_between_requests(reader: StreamReader, writer: StreamWriter) -> bytes:
    for _ in range(2):
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = await reader.readuntil(b"hello")
        await asyncio.sleep(3 * timeouts.HEADER_SECONDS)
    return received


@pytest.mark.parametrize("client", [incomplete_headers, send_nothing, incomplete_second_request])
def test_incomplete_headers_are_disconnected(
    monkeypatch: pytest.MonkeyPatch, client: Callable
) -> None:
    monkeypatch.setattr(timeouts, "HEADER_SECONDS", 0.1)

    assert talk(client) == b""


def test_headers_without_end_are_disconnected() -> None:
    assert talk(endless_headers)[:12] in (b"", b"HTTP/1.1 400")


def test_a_pause_between_requests_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeouts, "HEADER_SECONDS", 0.1)

    assert talk(pause_between_requests).endswith(b"hello")


def test_an_endless_body_is_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeouts, "HEADER_SECONDS", 0.1)

    assert talk(endless_body, early_response).endswith(b"no")


def test_a_client_that_does_not_read_is_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeouts, "RESPONSE_SECONDS", 0.1)

    assert len(talk(read_nothing, large_response)) < LARGE


def test_a_client_that_reads_gets_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeouts, "RESPONSE_SECONDS", 5)

    assert len(talk(read_everything, large_response)) > LARGE
