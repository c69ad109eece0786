"""A client that begins a request and does not finish its first lines, or leaves its answer lying, is hung up on."""

import asyncio
import socket

# The fastest reader of HTTP that is installed.
from uvicorn.protocols.http.auto import AutoHTTPProtocol

SECONDS = 10
# Less than an answer may take to be made: who leaves one lying is gone before the next one counts as ours to blame.
SECONDS_TO_TAKE = 20
MOST_BYTES = 64_000


class Whole:
    """A transport that sends what is written within a moment in one go: to send costs more than to make an answer."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.kept: list[bytes] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self.transport, name)

    def write(self, data: bytes) -> None:
        if not self.kept:
            asyncio.get_running_loop().call_soon(self.send)
        self.kept.append(data)

    def send(self) -> None:
        kept, self.kept = self.kept, []
        if kept and not self.transport.is_closing():
            self.transport.write(b"".join(kept))

    def close(self) -> None:
        self.send()
        self.transport.close()


class Patience(AutoHTTPProtocol):
    """Waits a while for the head of each request, and for its answer to be taken; the body is awaited elsewhere.

    A head of any length is not waited for: not every reader of HTTP has a limit of its own.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(Whole(transport))
        # Send at once: where several processes listen together, asyncio leaves it to the system to wait for more.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Tell at once when a part of an answer is not taken, and when all of it is.
        transport.set_write_buffer_limits(high=0)
        self.lying: asyncio.TimerHandle | None = None
        self.head = 0
        self.wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.head = self.head + len(data) if self.scope and "method" not in self.scope else 0
        if self.head > MOST_BYTES:
            self.transport.close()
        if self.cycle and not self.cycle.response_complete:
            self.waiting.cancel()
        elif self.waiting.cancelled():
            self.wait()

    def wait(self) -> None:
        self.waiting = self.loop.call_later(SECONDS, self.transport.close)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.lying = self.loop.call_later(SECONDS_TO_TAKE, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self.lying.cancel()

    def connection_lost(self, problem: Exception | None) -> None:
        self.waiting.cancel()
        if self.lying:
            self.lying.cancel()
        super().connection_lost(problem)
