"""HTTP written by hand, so that it can also be wrong."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from ladder.ports import LOOPBACK

JSON = "application/json"
PROBLEM = "application/problem+json"

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class HungUp(Exception):
    """The connection ended before an answer was complete."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def detail(self) -> str:
        """The detail of a problem document; empty where the answer is none."""
        return self.json()["detail"] if self.kind == PROBLEM else ""


@contextlib.asynccontextmanager
async def connected(port: int) -> AsyncIterator[Line]:
    """Connect; raises ConnectionError where nothing listens."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        yield reader, writer
    finally:
        writer.close()


def get(path: str, **headers: str) -> bytes:
    return head("GET", path, **headers)


def post(path: str, body: bytes, kind: str = JSON) -> bytes:
    return head("POST", path, content_type=kind, content_length=f"{len(body)}") + body


def head(method: str, path: str, **headers: str) -> bytes:
    lines = {"host": LOOPBACK} | {name.replace("_", "-"): value for name, value in headers.items()}
    return "\r\n".join(
        [
            f"{method} {path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in lines.items()),
            "\r\n",
        ]
    ).encode()


def once(request: bytes) -> bytes:
    """The same, on a connection that is closed after it."""
    return request.replace(b"\r\n", b"\r\nconnection: close\r\n", 1)


async def exchange(port: int, request: bytes) -> Answer:
    """The answer; raises ConnectionError where nothing listens, HungUp where no answer comes."""
    async with connected(port) as (reader, writer):
        return await say(reader, writer, once(request))


async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> Answer:
    with contextlib.suppress(ConnectionError):
        # A server that refuses early answers before everything has been sent.
        writer.write(request)
    return await receive(reader)


async def receive(reader: asyncio.StreamReader) -> Answer:
    try:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        length = headers.get("content-length")
        body = await reader.read() if length is None else await reader.readexactly(int(length))
        return Answer(int(first.split()[1]), headers, body)
    except (asyncio.IncompleteReadError, ConnectionError) as ended:
        raise HungUp(f"{type(ended).__name__} before a whole answer") from None
