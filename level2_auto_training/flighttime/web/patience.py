"""A client that begins a request and does not finish its first lines is hung up on."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS = 10


class Patience(H11Protocol):
    """Waits a while for the head of each request; what follows it is awaited elsewhere."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self.waiting.cancel()
        elif self.waiting.cancelled():
            self.wait()

    def wait(self) -> None:
        self.waiting = self.loop.call_later(SECONDS, self.transport.close)

    def connection_lost(self, problem: Exception | None) -> None:
        self.waiting.cancel()
        super().connection_lost(problem)
