"""Bound what one peer holds: headers, trailers, requests sent ahead, and idle connections."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# As in Apache; a header of one letter costs forty times its size.
MAX_HEADERS = 100
# Of what is neither body nor a complete set of headers: also trailers, and empty lines.
MAX_HEADER_BYTES = 64_000
# Requests that a client sends ahead, before it has the response to the first.
MAX_AHEAD = 64


class TooMany(Exception):
    """The parser answers 400 and closes the connection."""


class BoundedProtocol(HttpToolsProtocol):
    """Bounds what httptools, the fastest parser, and uvicorn do not.

    A new connection beyond `limit_concurrency` closes the one that has been idle longest, as nginx
    does: idle connections do not keep others out.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.unread_bytes = 0
        # Of the whole server, the connection that has been idle longest first.
        self.idle: dict[BoundedProtocol, None] = vars(self.server_state).setdefault("idle", {})
        self.idle[self] = None
        if self.limit_concurrency and len(self.connections) >= self.limit_concurrency:
            next(iter(self.idle)).disconnect()

    def disconnect(self) -> None:
        self.idle.pop(self, None)
        self.connections.discard(self)
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.idle.pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self.unread_bytes += len(data)
        super().data_received(data)
        if self.unread_bytes > MAX_HEADER_BYTES:
            self.transport.abort()

    def on_headers_complete(self) -> None:
        self.unread_bytes = 0
        if len(self.headers) > MAX_HEADERS:
            raise TooMany
        if len(self.pipeline) >= MAX_AHEAD:
            self.transport.abort()
            raise TooMany
        super().on_headers_complete()
        # Trailers come after the request was checked: they are not to get into its headers.
        self.headers = []

    def on_body(self, body: bytes) -> None:
        self.unread_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.unread_bytes = 0
        super().on_message_complete()

    def _start_asgi_task(self, *of_request: Any, **named: Any) -> None:
        self.idle.pop(self, None)
        super()._start_asgi_task(*of_request, **named)

    def on_response_complete(self) -> None:
        self.idle[self] = None
        super().on_response_complete()
