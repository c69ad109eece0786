"""Ask callers for a key, and limit the requests of each: on beyond this machine, off on it."""

import ipaddress
import math
import os
import time

from starlette.types import ASGIApp
from starlette.types import Receive
from starlette.types import Scope
from starlette.types import Send

from groundcrew import callers
from groundcrew.errors import UserError
from groundcrew.web import openapi
from groundcrew.web import problems
from groundcrew.web.given_key import given_key
from groundcrew.web.given_key import with_cookie
from groundcrew.web.limits import CLOSE
from groundcrew.web.limits import LIVE
from groundcrew.web.problems import Problem
from groundcrew.web.rate_limit import TokenBuckets
from groundcrew.web.rate_limit import caller_at

CALLERS = "FLIGHTTIME_CALLERS"
KEYS, ANYONE = "keys", "anyone"
OPEN = {LIVE, "/health/ready", "/ping"}
# Assets hold no secret, and an operator has a token of its own.
OPEN_FOLDERS = ("/assets/", "/admin/")
SECONDS_BETWEEN_READS = 1.0


def mode(host: str) -> str:
    """KEYS, ANYONE, or "" on loopback, where nothing is asked; raises UserError if no one could.

    FLIGHTTIME_CALLERS chooses, on every host.
    """
    given = os.environ.get(CALLERS, "")
    if given not in (KEYS, ANYONE, ""):
        raise UserError(f"{CALLERS} is {given!r}: choose {KEYS} or {ANYONE}")
    chosen = given or ("" if is_loopback(host) else KEYS)
    if chosen == KEYS and not callers.read():
        raise UserError(
            f"the application on {host} asks callers for a key, and no one has one: make a key "
            f"with {callers.COMMAND} add NAME, or set {CALLERS}={ANYONE} if a proxy asks for keys",
        )
    return chosen


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Access:
    """Refuses before the body is read; with `asks`, a request needs the key of a caller."""

    def __init__(self, app: ASGIApp, asks: bool, rate: float) -> None:
        self.app, self.asks, self.buckets = app, asks, TokenBuckets(rate)
        self.known: dict[str, str] = {}
        self.read_at = -math.inf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or path in OPEN or path.startswith(OPEN_FOLDERS):
            await self.app(scope, receive, send)
            return
        try:
            from_page = self.admit(scope)
        except Problem as problem:
            await problems.from_exception(problem, scope)(scope, receive, send)
        except UserError as problem:
            await problems.response(503, f"{problem}", scope)(scope, receive, send)
        else:
            await (with_cookie(scope, from_page) if from_page else self.app)(scope, receive, send)

    def admit(self, scope: Scope) -> str:
        """Return the key in the address of a page, or ""; raises Problem to refuse the caller."""
        key, in_address = given_key(scope) if self.asks else ("", False)
        name = callers.find(key, self.callers()) if key else ""
        # A wrong key counts for its address, so that keys cannot be tried without end.
        address = caller_at((scope.get("client") or ("",))[0])
        self.limit(f"caller {name}" if name else address)
        if self.asks and not name:
            raise Problem(401, openapi.DETAILS[401], {"WWW-Authenticate": "Bearer", **CLOSE})
        return key if in_address else ""

    def limit(self, caller: str) -> None:
        seconds = math.ceil(self.buckets.take(caller)) if caller else 0
        if seconds:
            detail = f"more than {self.buckets.rate:g} requests a second from one caller"
            raise Problem(
                429,
                f"{detail}: try again in {seconds} s, or send several flights in one request",
                {"Retry-After": f"{seconds}", **CLOSE},
            )

    def callers(self) -> dict[str, str]:
        """The callers, read again every second: one that was removed is refused soon."""
        if time.monotonic() - self.read_at > SECONDS_BETWEEN_READS:
            self.known, self.read_at = callers.read(), time.monotonic()
        return self.known
