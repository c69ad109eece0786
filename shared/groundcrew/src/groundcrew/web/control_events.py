"""Server-sent events for all viewers of a page: what changes is made once and sent to each."""

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

SECONDS_BETWEEN_REFRESHES = 0.5
SECONDS_BETWEEN_CHECKS = 0.05
MAX_AGE_SECONDS = 10
SECONDS_BETWEEN_COMMENTS = 10
# The application ends every response within 30 seconds: end earlier, and the browser reconnects.
STREAM_SECONDS = 25
RETRY = b"retry: 500\n\n"
COMMENT = b":\n\n"


class SharedView:
    """What all viewers see; one thread at a time makes it again, twice a second at most."""

    def __init__(self, make: Callable[[], dict]) -> None:
        self.make = make
        self.lock = threading.Lock()
        self.content: dict = {}
        self.fresh_until = 0.0
        self.viewers = 0

    async def current(self) -> dict:
        """The content; while it is being refreshed, the previous one unless that is too old.

        A viewer that has to wait does so without a thread, however long a refresh takes.
        """
        while self.lock.locked() and not self._is_usable():
            await asyncio.sleep(SECONDS_BETWEEN_CHECKS)
        if time.monotonic() >= self.fresh_until and self.lock.acquire(blocking=False):
            try:
                await run_in_threadpool(self._refresh)
            finally:
                self.lock.release()
        return self.content

    def _is_usable(self) -> bool:
        return bool(self.content) and time.monotonic() < self.fresh_until + MAX_AGE_SECONDS

    def _refresh(self) -> None:
        self.content = self.make()
        self.fresh_until = time.monotonic() + SECONDS_BETWEEN_REFRESHES


async def stream(request: Request, view: SharedView, have: str) -> AsyncIterator[bytes]:
    """First the sections that differ from `have`, then each that changes.

    The stream ends before the application does, which waits for the end of every response.
    """
    view.viewers += 1
    try:
        yield RETRY
        last_sent, end = time.monotonic(), time.monotonic() + STREAM_SECONDS
        while time.monotonic() < end and not is_stopping(request):
            sections = await view.current()
            if content_versions(sections) != have:
                yield event(sections, have)
                have, last_sent = content_versions(sections), time.monotonic()
            elif time.monotonic() - last_sent > SECONDS_BETWEEN_COMMENTS:
                yield COMMENT
                last_sent = time.monotonic()
            await asyncio.sleep(SECONDS_BETWEEN_REFRESHES)
    finally:
        view.viewers -= 1


def event(sections: dict[str, str], have: str) -> bytes:
    """The sections that a viewer does not have, with the versions of all as the event's id."""
    known = set(have.split(","))
    changed = {
        name: html for name, html in sections.items() if content_version(name, html) not in known
    }
    return f"id: {content_versions(sections)}\ndata: {json.dumps(changed)}\n\n".encode()


def content_versions(sections: dict[str, str]) -> str:
    """What a viewer has, in a few bytes, which the browser sends when it reconnects."""
    return ",".join(content_version(name, html) for name, html in sections.items())


def content_version(name: str, html: str) -> str:
    return f"{name}.{hashlib.sha256(html.encode()).hexdigest()[:12]}"


def is_stopping(request: Request) -> bool:
    """Whether this instance is draining, or its server has been asked to stop."""
    # uvicorn says so only after the last response has ended; its signal handler knows earlier.
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    draining = getattr(request.app.state, "draining", False)
    return draining or getattr(server, "should_exit", False)
