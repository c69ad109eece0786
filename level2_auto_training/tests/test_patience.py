"""A client that never finishes the head of its request is hung up on; others are not hurried."""

import asyncio
import contextlib
from collections.abc import Awaitable
from collections.abc import Callable

import pytest
import uvicorn

from flighttime.web import patience
from flighttime.web.patience import Patience


# More than the buffers between two ends of a connection hold.
A_LOT = 20_000_000


async def hello(scope: dict, receive: Callable, send: Callable) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


def talk(
    conversation: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]],
    app: Callable = hello,
) -> bytes:
    """What a conversation with a listening server came to."""

    async def listen_and_talk() -> bytes:
        server = uvicorn.Server(uvicorn.Config(app, port=0, http=Patience, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        said = await asyncio.wait_for(conversation(reader, writer), 10)
        writer.close()
        server.should_exit = True
        await serving
        return said

    return asyncio.run(listen_and_talk())


async def much(scope: dict, receive: Callable, send: Callable) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % A_LOT)]})
    await send({"type": "http.response.body", "body": A_LOT * b"x"})


async def hasty(scope: dict, receive: Callable, send: Callable) -> None:
    """Answers before it has been told everything."""
    await send({"type": "http.response.start", "status": 400, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"no"})


async def dawdle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
    return await reader.read(100)


async def begin_without_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 10 * patience.MOST_BYTES)
    with contextlib.suppress(ConnectionError):
        return await reader.read(100)
    return b""


async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    return await reader.read(100)


async def dawdle_the_second_time(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await reader.readuntil(b"hello")
    return await dawdle(reader, writer)


async def drip_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """Does not care that it has been answered long ago."""
    writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")
    said = asyncio.ensure_future(reader.read())
    while not said.done():
        writer.write(b"x")
        await asyncio.sleep(patience.SECONDS / 3)
    return said.result()


async def take_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    writer.transport.pause_reading()
    await asyncio.sleep(3 * patience.SECONDS_TO_TAKE)
    writer.transport.resume_reading()
    return await reader.read()


async def take_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    return await reader.read()


async def take_a_pause(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    for _ in range(2):
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        said = await reader.readuntil(b"hello")
        await asyncio.sleep(3 * patience.SECONDS)
    return said


@pytest.mark.parametrize("slow", [dawdle, say_nothing, dawdle_the_second_time])
def test_who_does_not_finish_is_hung_up_on(monkeypatch: pytest.MonkeyPatch, slow: Callable) -> None:
    monkeypatch.setattr(patience, "SECONDS", 0.1)

    assert talk(slow) == b""


def test_a_head_of_any_length_is_not_waited_for() -> None:
    assert talk(begin_without_end)[:12] in (b"", b"HTTP/1.1 400")


def test_a_pause_between_requests_is_no_dawdling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SECONDS", 0.1)

    assert talk(take_a_pause).endswith(b"hello")


def test_who_does_not_finish_is_hung_up_on_after_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SECONDS", 0.1)

    assert talk(drip_on, hasty).endswith(b"no")


def test_who_leaves_the_answer_lying_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SECONDS_TO_TAKE", 0.1)

    assert len(talk(take_nothing, much)) < A_LOT


def test_who_takes_the_answer_gets_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SECONDS_TO_TAKE", 5)

    assert len(talk(take_all, much)) > A_LOT
