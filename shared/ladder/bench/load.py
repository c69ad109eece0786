"""Clients that cost little themselves: each asks, waits for its answer, and asks again, on a connection that is kept."""

import asyncio
import gc
import time
from dataclasses import dataclass

from ladder.ports import LOOPBACK

HEADERS_END = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass(frozen=True)
class Load:
    """Seconds that each answer took, the time it all took, and the client's own processor time."""

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
        self.heard, self.wanted = b"", 0

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.heard, self.wanted = b"", 0
        self.began = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.heard += data
        if not self.wanted and HEADERS_END in self.heard:
            self.wanted = length(self.heard)
        if not self.wanted or len(self.heard) < self.wanted:
            return
        now = time.perf_counter()
        self.load.seconds.append(now - self.began)
        if not self.heard.startswith(b"HTTP/1.1 200"):
            self.load.failed.append(self.heard[:200].decode(errors="replace"))
        if now < self.until:
            self.ask()
        else:
            self.transport.close()

    def connection_lost(self, problem: Exception | None) -> None:
        if time.perf_counter() < self.until:
            self.load.failed.append(f"hung up on: {problem}")
        self.over.set_result(None)


def length(heard: bytes) -> int:
    """Of the whole answer, when its headers are there."""
    headers, _, _ = heard.partition(HEADERS_END)
    (told,) = [line for line in headers.lower().split(b"\r\n") if line.startswith(LENGTH)]
    return len(headers) + len(HEADERS_END) + int(told.removeprefix(LENGTH))


async def lean(port: int, request: bytes, connections: int, seconds: float) -> Load:
    """Let so many clients ask for so long."""
    loop, began, processor = asyncio.get_running_loop(), time.perf_counter(), time.process_time()
    load = Load([], seconds, 0, [])
    clients = [
        (await loop.create_connection(lambda: Client(request, began + seconds, load), LOOPBACK, port))[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(client.over for client in clients))
    return Load(load.seconds, time.perf_counter() - began, time.process_time() - processor, load.failed)


def measure(port: int, request: bytes, connections: int, seconds: float) -> Load:
    gc.disable()
    try:
        return asyncio.run(lean(port, request, connections, seconds))
    finally:
        gc.enable()
