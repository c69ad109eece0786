"""What one peer may hold: headers, trailers, requests sent ahead, and idle connections."""

import asyncio
from asyncio import StreamReader
from asyncio import StreamWriter
from collections.abc import Awaitable
from collections.abc import Callable

import pytest
import uvicorn

from groundcrew.web import bounded
from groundcrew.web import descriptors
from groundcrew.web.timeouts import TimeoutProtocol

try:
    import resource
except ImportError:
    resource = None

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
CHUNKED = (
    b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
)
ENDLESS = {
    "many": [b"X-%d: %s\r\n" % (number, 900 * b"a") for number in range(10_000)],
    "short": 100 * [10_000 * b"a:\r\n"],
    "one": [b"X: ", *(100 * [100_000 * b"a"])],
}
MAX_CONNECTIONS = 10


class Application:
    """Reads a request and its body, and keeps the headers that it sees when that is done."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        while (await receive()).get("more_body"):
            pass
        self.seen += [name for name, _ in scope["headers"]]
        headers = [(b"content-length", b"5")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"hello"})


async def never(scope: dict, receive: Callable, send: Callable) -> None:
    await asyncio.sleep(60)


def serve(client: Callable[[int], Awaitable[None]], app: Callable) -> None:
    """Run a client, which gets the port, against a listening server."""

    async def serve_and_talk() -> None:
        how = {"http": TimeoutProtocol, "log_config": None, "lifespan": "off"}
        limits = {"limit_concurrency": MAX_CONNECTIONS, "timeout_graceful_shutdown": 0}
        server = uvicorn.Server(uvicorn.Config(app, port=0, **how, **limits))
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            await asyncio.wait_for(client(server.servers[0].sockets[0].getsockname()[1]), 20)
        finally:
            server.should_exit = True
            await serving

    asyncio.run(serve_and_talk())


async def sent(pieces: list[bytes], writer: StreamWriter) -> int:
    """How many bytes could be sent before the connection was closed."""
    count = 0
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            count += len(piece)
    except ConnectionError:
        pass
    return count


async def answer(reader: StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"hello")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


@pytest.mark.parametrize("kind", ENDLESS)
def test_trailers_without_end_are_disconnected(kind: str) -> None:
    async def client(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await sent([CHUNKED, *ENDLESS[kind], b"\r\n\r\n"], writer)
        assert await answer(reader) == b""

    serve(client, Application())


def test_a_trailer_is_never_a_header() -> None:
    app = Application()

    async def client(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(CHUNKED + b"Authorization: Bearer open\r\nHost: evil.example\r\n\r\n")
        assert (await answer(reader)).startswith(b"HTTP/1.1 200")
        writer.write(REQUEST)
        assert (await answer(reader)).startswith(b"HTTP/1.1 200")
        writer.close()

    serve(client, app)

    assert app.seen == [b"host", b"transfer-encoding", b"host"]


def test_too_many_headers_are_refused() -> None:
    async def client(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(REQUEST[:-2] + bounded.MAX_HEADERS * b"a:\r\n" + b"\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 400")

    serve(client, Application())


def test_requests_sent_ahead_are_answered() -> None:
    async def client(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write((1 + bounded.MAX_AHEAD) * REQUEST)
        assert all([await answer(reader) for _ in range(1 + bounded.MAX_AHEAD)])
        writer.close()

    serve(client, Application())


def test_requests_sent_too_far_ahead_are_disconnected() -> None:
    async def client(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write((2 + bounded.MAX_AHEAD) * REQUEST)
        assert await reader.read() == b""

    serve(client, Application())


@pytest.mark.parametrize("begun", [b"", REQUEST[:-2], REQUEST], ids=["new", "begun", "kept open"])
def test_idle_connections_keep_no_one_out(begun: bytes) -> None:
    async def client(port: int) -> None:
        held = []
        for _ in range(3 * MAX_CONNECTIONS):
            held.append(await asyncio.open_connection("127.0.0.1", port))
            held[-1][1].write(begun)
            if begun == REQUEST:
                assert await answer(held[-1][0])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(REQUEST)
            assert (await answer(reader)).startswith(b"HTTP/1.1 200")
            writer.close()
        for _, writer in held:
            writer.close()

    serve(client, Application())


def test_a_connection_that_is_being_answered_is_not_closed_for_another() -> None:
    async def client(port: int) -> None:
        busy, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(REQUEST)
        await asyncio.sleep(0.1)
        others = [await asyncio.open_connection("127.0.0.1", port) for _ in range(30)]
        await asyncio.sleep(0.1)
        assert not busy.at_eof()
        assert sum(reader.at_eof() for reader, _ in others) == 30 - (MAX_CONNECTIONS - 2)
        for _, other in others:
            other.close()
        writer.close()

    serve(client, never)


@pytest.mark.skipif(resource is None, reason="Windows has no limit to ask for")
@pytest.mark.parametrize(
    ("soft", "hard", "connections"),
    [(1024, 1024, 512), (256, 256, 128), (1024, 20_000, 1000), (1024, -1, 1000), (-1, -1, 1000)],
)
def test_connections_leave_half_of_the_descriptors(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, connections: int
) -> None:
    limits = [(soft, hard)]
    monkeypatch.setattr(resource, "getrlimit", lambda kind: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda kind, both: limits.append(both))

    assert descriptors.connections() == connections
    assert limits[-1][0] in (-1, max(2 * connections, limits[-1][0]))
