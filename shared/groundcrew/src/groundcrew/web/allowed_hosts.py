"""Refuse requests whose host is ambiguous or, on loopback, another site's (DNS rebinding)."""

import re
from collections.abc import Sequence

from starlette.types import ASGIApp
from starlette.types import Receive
from starlette.types import Scope
from starlette.types import Send

from groundcrew.web.problems import Problem

HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


class AllowedHosts:
    """With `names`, the host has to be one of them."""

    def __init__(self, app: ASGIApp, names: Sequence[str]) -> None:
        self.app = app
        self.names = names
        self.last: list[bytes] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises Problem unless there is one valid Host header, with an allowed name."""
        if scope["type"] == "http":
            hosts = [value for name, value in scope["headers"] if name == b"host"]
            # Most requests name the same host as the one before.
            if hosts != self.last:
                self.require_allowed(hosts)
                self.last = hosts
        await self.app(scope, receive, send)

    def require_allowed(self, given: list[bytes]) -> None:
        if len(given) > 1:
            detail = f"the request has {len(given)} Host headers, and only one can be meant"
            raise Problem(400, f"{detail}: send one")
        host = given[0].decode("latin-1") if given else ""
        found = HOST.fullmatch(host)
        if self.names and (not found or found[1].lower() not in self.names):
            detail = f"the host {host[:80]!r} is not a name of this machine"
            raise Problem(400, f"{detail}: use {' or '.join(self.names)}")
        if host and not found:
            detail = f"the host {host[:80]!r} is not a name and a port"
            raise Problem(400, f"{detail}: write it like 127.0.0.1:8000")
