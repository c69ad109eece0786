"""Answers only under the names of this machine: else a page from elsewhere could let its name point here."""

from collections.abc import Sequence

from starlette.types import ASGIApp
from starlette.types import Receive
from starlette.types import Scope
from starlette.types import Send

from flighttime.web import headers
from flighttime.web.problems import Problem


class Host:
    def __init__(self, app: ASGIApp, names: Sequence[str]) -> None:
        self.app = app
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises Problem where the request is for another name."""
        if scope["type"] == "http":
            asked = headers.said(scope, b"host")
            if asked.partition(":")[0] not in self.names:
                raise Problem(400, f"{asked[:80]} is no name of this machine: ask for {' or '.join(self.names)}")
        await self.app(scope, receive, send)
