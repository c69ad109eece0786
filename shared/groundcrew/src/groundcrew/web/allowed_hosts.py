"""Refuse requests for the host names of other sites, which prevents DNS rebinding."""

from collections.abc import Sequence

from starlette.types import ASGIApp
from starlette.types import Receive
from starlette.types import Scope
from starlette.types import Send

from groundcrew.web.headers import header
from groundcrew.web.problems import Problem


class AllowedHosts:
    def __init__(self, app: ASGIApp, names: Sequence[str]) -> None:
        self.app = app
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises Problem if the Host header has another name."""
        if scope["type"] == "http":
            host = header(scope, b"host")
            if host.partition(":")[0] not in self.names:
                detail = f"the host {host[:80]!r} is not a name of this machine"
                raise Problem(400, f"{detail}: use {' or '.join(self.names)}")
        await self.app(scope, receive, send)
