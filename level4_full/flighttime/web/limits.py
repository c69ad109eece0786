"""What is too large, too slow or too much is refused before it costs anything."""

import asyncio
import contextlib
from collections.abc import Iterator

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp
from starlette.types import Message
from starlette.types import Receive
from starlette.types import Scope
from starlette.types import Send

from flighttime.web import problems
from flighttime.web.problems import Problem

MOST_BYTES = 4_000_000
# Beyond the limit a request is read on to here and dropped, so that its sender gets to see why.
MOST_DROPPED = 4 * MOST_BYTES
MOST_AT_ONCE = 256
SECONDS_TO_SEND = 10
SECONDS_TO_ANSWER = 30
# What is still on its way after a refusal is not worth waiting for.
HANG_UP = {"Connection": "close"}


class Limits:
    """Reads each request whole, within limits, before anybody works on it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.at_once = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            with self.one_more():
                await within_limits(self.app, scope, receive, send)
        except Problem as problem:
            await problems.told(problem, scope)(scope, receive, send)
        except ClientDisconnect:
            # Half a request is none, and nobody waits for an answer any more.
            return

    @contextlib.contextmanager
    def one_more(self) -> Iterator[None]:
        if self.at_once >= MOST_AT_ONCE:
            raise Problem(503, f"{MOST_AT_ONCE} requests are waiting already: try again", {"Retry-After": "1"})
        self.at_once += 1
        try:
            yield
        finally:
            self.at_once -= 1


async def within_limits(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Read the request and let `app` answer it; raises Problem if either takes too long and nothing has been sent yet."""
    body, begun = Body(), False

    async def noted(message: Message) -> None:
        nonlocal begun
        begun = True
        await send(message)

    try:
        # One clock for both: to start one costs as much as to read a flight.
        async with asyncio.timeout(SECONDS_TO_SEND) as clock:
            await body.read(receive)
            clock.reschedule(asyncio.get_running_loop().time() + SECONDS_TO_ANSWER)
            await app(scope, again(bytes(body.kept), receive), noted)
    except TimeoutError:
        if begun:
            raise
        raise too_late(body) from None


class Body:
    """What has come of a request's body so far."""

    def __init__(self) -> None:
        self.kept, self.size, self.more = bytearray(), 0, True

    async def read(self, receive: Receive) -> None:
        """Raises Problem if it is too large, ClientDisconnect if it will never be whole."""
        while self.more and self.size <= MOST_DROPPED:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            part = message.get("body", b"")
            self.size += len(part)
            self.kept += part if self.size <= MOST_BYTES else b""
            self.more = message.get("more_body", False)
        if self.size > MOST_BYTES:
            raise Problem(413, f"more than {MOST_BYTES:,} bytes: send the flights in several requests", HANG_UP)


def too_late(body: Body) -> Problem:
    if body.more:
        told = f"{body.size:,} bytes in {SECONDS_TO_SEND} seconds and no end: send it faster, or less"
        return Problem(408, told, HANG_UP)
    return Problem(504, f"no answer within {SECONDS_TO_ANSWER} seconds: ask for fewer flights at once")


def again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once, and from then on what else happens to the connection."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return messages.pop() if messages else await receive()

    return next_message
