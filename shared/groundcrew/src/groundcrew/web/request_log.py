"""Give each request an id and one line in the log, and count it; never log personal data."""

import logging
import re
import time
from collections.abc import Callable
from functools import cache
from secrets import token_hex

from prometheus_client import Counter
from prometheus_client import Histogram
from starlette.types import ASGIApp
from starlette.types import Message
from starlette.types import Receive
from starlette.types import Scope
from starlette.types import Send

from groundcrew.web import problems
from groundcrew.web.headers import header
from groundcrew.web.json_logs import AnsweredRecord
from groundcrew.web.problems import Problem

LOG = logging.getLogger("groundcrew")
REQUESTS = Counter("flighttime_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "flighttime_request_seconds", "Seconds from a request to the end of its answer", ["route"]
)
VALID_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class RequestLog:
    """`on_failure` is called with the path and the status of each response from 500 on."""

    def __init__(self, app: ASGIApp, on_failure: Callable[[str, int], None] | None = None) -> None:
        self.app = app
        self.on_failure = on_failure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = scope.setdefault("state", {})["request_id"] = id_of(scope)
        began, status = time.perf_counter(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        except Exception:
            LOG.exception("failed", extra={"request_id": request_id})
            if status:  # pyrefly: ignore[redundant-condition]
                raise
            detail = f"the application has a bug: tell the operator the request id {request_id}"
            await problems.from_exception(Problem(500, detail), scope)(scope, receive, send_with_id)
        finally:
            note(scope, status, time.perf_counter() - began)
            if status >= 500 and self.on_failure:
                self.on_failure(scope["path"], status)


def id_of(scope: Scope) -> str:
    """The id that the client sent, if it is short and plain; else a new one."""
    given = header(scope, b"x-request-id")
    return given if VALID_ID.fullmatch(given) else token_hex(16)


def note(scope: Scope, status: int, seconds: float) -> None:
    # The route, not the path: a path may contain anything, also personal data.
    route = getattr(scope.get("route"), "path", "none")
    method = scope["method"] if scope["method"] in METHODS else "other"
    requests, durations = metrics(method, route, status)
    requests.inc()
    durations.observe(seconds)
    fields = {
        "request_id": scope["state"]["request_id"],
        "method": method,
        "route": route,
        "status": status,
        "milliseconds": round(1000 * seconds, 1),
    }
    LOG.handle(AnsweredRecord(**fields))


@cache
def metrics(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """The metrics with these labels, cached: looking them up costs as much as counting."""
    return REQUESTS.labels(method, route, status), SECONDS.labels(route)
