"""Refuse requests that are too large, too slow or too many, before they cost anything."""

import asyncio
import contextlib
from collections.abc import Iterator

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp
from starlette.types import Message
from starlette.types import Receive
from starlette.types import Scope
from starlette.types import Send

from groundcrew.web import problems
from groundcrew.web.problems import Problem

LIVE = "/health/live"
UNCOUNTED = contextlib.nullcontext()
MAX_BYTES = 4_000_000
# Beyond MAX_BYTES a body is read up to this size and dropped, so that the client gets the response.
MAX_DROPPED_BYTES = 4 * MAX_BYTES
MAX_REQUESTS = 256
BODY_SECONDS = 10
ANSWER_SECONDS = 30
# The rest of a refused body is not read.
CLOSE = {"Connection": "close"}


class Limits:
    """Reads each request completely, within the limits, before the application sees it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            # The caller restarts the application if this fails: load is no reason for that.
            with UNCOUNTED if scope["path"] == LIVE else self.counted():
                await within_limits(self.app, scope, receive, send)
        except Problem as problem:
            await problems.from_exception(problem, scope)(scope, receive, send)
        except ClientDisconnect:
            return

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        if self.requests >= MAX_REQUESTS:
            detail = f"{MAX_REQUESTS} requests are waiting already: try again"
            raise Problem(503, detail, {"Retry-After": "1"})
        self.requests += 1
        try:
            yield
        finally:
            self.requests -= 1


async def within_limits(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body, then let `app` answer; raises Problem if either takes too long."""
    body, started = Body(), False

    async def send_noting_start(message: Message) -> None:
        nonlocal started
        started = True
        await send(message)

    try:
        # One timer for both limits: starting a timer costs as much as parsing a flight.
        async with asyncio.timeout(BODY_SECONDS) as timer:
            await body.read(receive)
            timer.reschedule(asyncio.get_running_loop().time() + ANSWER_SECONDS)
            await app(scope, replay(bytes(body.content), receive), send_noting_start)
    except TimeoutError:
        if started:
            raise
        raise too_late(body) from None


class Body:
    """The part of a request's body that has arrived."""

    def __init__(self) -> None:
        self.content, self.size, self.more = bytearray(), 0, True

    async def read(self, receive: Receive) -> None:
        """Raises Problem if the body is too large, ClientDisconnect if its end never arrives."""
        while self.more and self.size <= MAX_DROPPED_BYTES:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            chunk = message.get("body", b"")
            self.size += len(chunk)
            self.content += chunk if self.size <= MAX_BYTES else b""
            self.more = message.get("more_body", False)
        if self.size > MAX_BYTES:
            detail = f"more than {MAX_BYTES:,} bytes: send the flights in several requests"
            raise Problem(413, detail, CLOSE)


def too_late(body: Body) -> Problem:
    if body.more:
        detail = f"only {body.size:,} bytes arrived in {BODY_SECONDS} seconds"
        return Problem(408, f"{detail}: send the request faster, or send less", CLOSE)
    return Problem(504, f"no answer within {ANSWER_SECONDS} seconds: send fewer flights at once")


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that returns the body once, and then what else happens to the connection."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return messages.pop() if messages else await receive()

    return next_message
