"""Cheap HTTP clients: each sends a request, waits for the answer, and sends the next one."""

import asyncio
import gc
import time
from dataclasses import dataclass

from ladder.ports import LOOPBACK

HEADERS_END = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass(frozen=True)
class Load:
    """Seconds of each answer, the whole duration, the clients' processor time, and failures."""

    seconds: list[float]
    lasted: float
    processor: float
    failed: list[str]

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.lasted

    def quantile(self, share: float) -> float:
        return sorted(self.seconds)[min(int(share * len(self.seconds)), len(self.seconds) - 1)]


class Client(asyncio.Protocol):
    def __init__(self, request: bytes, until: float, load: "Load") -> None:
        self.request = request
        self.until = until
        self.load = load
        self.over = asyncio.get_running_loop().create_future()
        self.received, self.expected = b"", 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.received, self.expected = b"", 0
        self.began = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.received += data
        if not self.expected and HEADERS_END in self.received:
            self.expected = length(self.received)
        if not self.expected or len(self.received) < self.expected:
            return
        now = time.perf_counter()
        self.load.seconds.append(now - self.began)
        if not self.received.startswith(b"HTTP/1.1 200"):
            self.load.failed.append(self.received[:200].decode(errors="replace"))
        if now < self.until:
            self.ask()
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if time.perf_counter() < self.until:
            self.load.failed.append(f"hung up on: {exc}")
        self.over.set_result(None)


def length(answer: bytes) -> int:
    """The number of bytes of an answer whose headers are complete."""
    headers, _, _ = answer.partition(HEADERS_END)
    (line,) = [line for line in headers.lower().split(b"\r\n") if line.startswith(LENGTH)]
    return len(headers) + len(HEADERS_END) + int(line.removeprefix(LENGTH))


async def run_clients(port: int, request: bytes, connections: int, seconds: float) -> Load:
    """Run the clients for a time, each on one connection."""
    loop, began, processor = asyncio.get_running_loop(), time.perf_counter(), time.process_time()
    load = Load([], seconds, 0, [])
    clients = [
        (
            await loop.create_connection(
                lambda: Client(request, began + seconds, load), LOOPBACK, port
            )
        )[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(client.over for client in clients))
    return Load(
        load.seconds, time.perf_counter() - began, time.process_time() - processor, load.failed
    )


def measure(port: int, request: bytes, connections: int, seconds: float) -> Load:
    gc.disable()
    try:
        return asyncio.run(run_clients(port, request, connections, seconds))
    finally:
        gc.enable()
