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
                body = await read(receive)
                await answer(self.app, scope, again(body, receive), send)
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


async def read(receive: Receive) -> bytes:
    """Raises Problem if the body is too large or comes too slowly, ClientDisconnect if it never will."""
    kept, size, more = bytearray(), 0, True
    try:
        async with asyncio.timeout(SECONDS_TO_SEND):
            while more and size <= MOST_DROPPED:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                part = message.get("body", b"")
                size += len(part)
                kept += part if size <= MOST_BYTES else b""
                more = message.get("more_body", False)
    except TimeoutError:
        told = f"{size:,} bytes in {SECONDS_TO_SEND} seconds and no end: send it faster, or less"
        raise Problem(408, told, HANG_UP) from None
    if size > MOST_BYTES:
        raise Problem(413, f"more than {MOST_BYTES:,} bytes: send the flights in several requests", HANG_UP)
    return bytes(kept)


def again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once, and from then on what else happens to the connection."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return messages.pop() if messages else await receive()

    return next_message


async def answer(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Let `app` answer; raises Problem if it takes too long and nothing has been sent yet."""
    begun = False

    async def noted(message: Message) -> None:
        nonlocal begun
        begun = True
        await send(message)

    try:
        async with asyncio.timeout(SECONDS_TO_ANSWER):
            await app(scope, receive, noted)
    except TimeoutError:
        if begun:
            raise
        raise Problem(504, f"no answer within {SECONDS_TO_ANSWER} seconds: ask for fewer flights at once") from None
