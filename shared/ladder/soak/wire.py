"""HTTP spoken by hand, so that it can also be spoken badly."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

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

    def json(self) -> object:
        return json.loads(self.body)

    @property
    def detail(self) -> str:
        """What a problem document says; nothing where the answer is none."""
        return self.json()["detail"] if self.kind == PROBLEM else ""


@contextlib.asynccontextmanager
async def connected(port: int) -> AsyncIterator[Line]:
    """Raises ConnectionError where nobody listens."""
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
    return "\r\n".join([f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items()), "\r\n"]).encode()


def once(request: bytes) -> bytes:
    """The same, on a connection that is not kept."""
    return request.replace(b"\r\n", b"\r\nconnection: close\r\n", 1)


async def exchange(port: int, request: bytes) -> Answer:
    """Raises ConnectionError where nobody listens, HungUp where somebody does and does not answer."""
    async with connected(port) as (reader, writer):
        return await say(reader, writer, once(request))


async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> Answer:
    with contextlib.suppress(ConnectionError):
        # Whoever refuses early answers before everything has been sent.
        writer.write(request)
    return await hear(reader)


async def hear(reader: asyncio.StreamReader) -> Answer:
    try:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = headers.get("content-length")
        body = await reader.read() if length is None else await reader.readexactly(int(length))
        return Answer(int(first.split()[1]), headers, body)
    except (asyncio.IncompleteReadError, ConnectionError) as ended:
        raise HungUp(f"{type(ended).__name__} before a whole answer") from None
