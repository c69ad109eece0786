"""Every request has an id, one line in the log, and its place in the counts: never who asked or what for."""

import logging
import re
import time
from functools import cache
from secrets import token_hex

from prometheus_client import Counter
from prometheus_client import Histogram
from starlette.types import ASGIApp
from starlette.types import Message
from starlette.types import Receive
from starlette.types import Scope
from starlette.types import Send

from flighttime.web import failed
from flighttime.web import headers
from flighttime.web import problems
from flighttime.web.lines import Answered
from flighttime.web.problems import Problem

LOG = logging.getLogger("flighttime")
REQUESTS = Counter("flighttime_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram("flighttime_request_seconds", "Seconds from a request to the end of its answer", ["route"])
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Access:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = scope.setdefault("state", {})["request_id"] = id_of(scope)
        began, status = time.perf_counter(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception:
            LOG.exception("failed", extra={"request_id": request_id})
            if status:
                raise
            failure = Problem(500, f"this is our mistake: tell the operator the request id {request_id}")
            await problems.told(failure, scope)(scope, receive, noted)
        finally:
            note(scope, status, time.perf_counter() - began)


def id_of(scope: Scope) -> str:
    """The id that the client gave, if it is one that can be written down; else a new one."""
    given = headers.said(scope, b"x-request-id")
    return given if GIVEN_ID.fullmatch(given) else token_hex(16)


def note(scope: Scope, status: int, seconds: float) -> None:
    # The route, not the address: that may hold anything, and what somebody asked for is theirs.
    route = getattr(scope.get("route"), "path", "none")
    method = scope["method"] if scope["method"] in METHODS else "other"
    requests, durations = counted(method, route, status)
    requests.inc()
    durations.observe(seconds)
    failed.note(scope["path"], status)
    line = {
        "request_id": scope["state"]["request_id"],
        "method": method,
        "route": route,
        "status": status,
        "milliseconds": round(1000 * seconds, 1),
    }
    LOG.handle(Answered(**line))


@cache
def counted(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """The counts to add to: there are few, and they are found faster here."""
    return REQUESTS.labels(method, route, status), SECONDS.labels(route)
