"""News as it happens, to whoever looks on: server-sent events, and few bytes where nothing is new."""

import asyncio
import hashlib
import json
import signal
import threading
import time
from collections.abc import AsyncIterator
from collections.abc import Callable

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_BETWEEN_TRIES = 0.05
SECONDS_OLD = 10
SECONDS_OF_SILENCE = 10
# No answer may take longer than half a minute here: this one ends before, and the browser asks for the next.
SECONDS_IN_ALL = 25
AGAIN = b"retry: 500\n\n"
ALIVE = b":\n\n"

Parts = dict[str, str]


class Look:
    """What there is to see, in parts: made for all who look on together, anew only after a while, and in one thread."""

    def __init__(self, make: Callable[[], dict]) -> None:
        self.make = make
        self.one_at_a_time = threading.Lock()
        self.parts: dict = {}
        self.until = 0.0
        self.viewers = 0

    @property
    def fresh(self) -> bool:
        return time.monotonic() < self.until

    async def now(self) -> dict:
        """Those of before, while somebody looks, which may take long; where they are old, they are waited for, without a thread."""
        while self.one_at_a_time.locked() and not (self.parts and time.monotonic() < self.until + SECONDS_OLD):
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)
        if not self.fresh and self.one_at_a_time.acquire(blocking=False):
            try:
                await run_in_threadpool(self.look)
            finally:
                self.one_at_a_time.release()
        return self.parts

    def look(self) -> None:
        self.parts = self.make()
        self.until = time.monotonic() + SECONDS_BETWEEN_LOOKS


async def news(request: Request, look: Look, have: str) -> AsyncIterator[bytes]:
    """The parts that differ from those that the viewer has, then each that changes; ends before the application does."""
    look.viewers += 1
    try:
        yield AGAIN
        spoken, end = time.monotonic(), time.monotonic() + SECONDS_IN_ALL
        while time.monotonic() < end and not ending(request):
            parts = await look.now()
            if names(parts) != have:
                yield event(parts, have)
                have, spoken = names(parts), time.monotonic()
            elif time.monotonic() - spoken > SECONDS_OF_SILENCE:
                yield ALIVE
                spoken = time.monotonic()
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
    finally:
        look.viewers -= 1


def event(parts: Parts, have: str) -> bytes:
    known = set(have.split(","))
    changed = {name: content for name, content in parts.items() if named(name, content) not in known}
    return f"id: {names(parts)}\ndata: {json.dumps(changed)}\n\n".encode()


def names(parts: Parts) -> str:
    """What a viewer has, in a few bytes: the browser tells it when it asks again."""
    return ",".join(named(name, content) for name, content in parts.items())


def named(name: str, content: str) -> str:
    return f"{name}.{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def ending(request: Request) -> bool:
    """Whether new requests are to go elsewhere; the server waits for this answer's end before it tells that it stops."""
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return getattr(request.app.state, "draining", False) or getattr(server, "should_exit", False)
