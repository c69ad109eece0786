"""Close connections of clients that do not finish the headers or do not read the response."""

import asyncio
import socket

from groundcrew.web.bounded import BoundedProtocol

HEADER_SECONDS = 10
# Shorter than limits.ANSWER_SECONDS, so that an unread response does not look like our failure.
RESPONSE_SECONDS = 20


class BatchingTransport:
    """Sends in one system call what one turn of the event loop writes: each call is costly."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.pending: list[bytes] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self.transport, name)

    def write(self, data: bytes) -> None:
        if not self.pending:
            asyncio.get_running_loop().call_soon(self.flush)
        self.pending.append(data)

    def flush(self) -> None:
        pending, self.pending = self.pending, []
        if pending and not self.transport.is_closing():
            self.transport.write(b"".join(pending))

    def close(self) -> None:
        self.flush()
        self.transport.close()

    def abort(self) -> None:
        self.flush()
        self.transport.abort()


class TimeoutProtocol(BoundedProtocol):
    """Limits the time to send request headers, and the time to read the response.

    The body is limited in `limits`.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(BatchingTransport(transport))  # pyrefly: ignore[bad-argument-type]
        # Send at once: with several processes, asyncio does not set this on a shared socket.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Call pause_writing for the first byte that the client does not read.
        transport.set_write_buffer_limits(high=0)
        self.response_timer: asyncio.TimerHandle | None = None
        self.start_header_timer()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle and not self.cycle.response_complete:
            self.header_timer.cancel()
        elif self.header_timer.cancelled():
            self.start_header_timer()

    def start_header_timer(self) -> None:
        self.header_timer = self.loop.call_later(HEADER_SECONDS, self.transport.close)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.response_timer = self.loop.call_later(RESPONSE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self.stop_response_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self.header_timer.cancel()
        self.stop_response_timer()
        super().connection_lost(exc)

    def stop_response_timer(self) -> None:
        if self.response_timer:
            self.response_timer.cancel()
