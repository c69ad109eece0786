"""What every answer tells the browser: run nothing that is not ours, and do not guess."""

import os
import re

from starlette.types import ASGIApp
from starlette.types import Message
from starlette.types import Receive
from starlette.types import Scope
from starlette.types import Send

from flighttime.errors import Refused

AN_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?")

# Whose pages may show ours within their own: nobody's, or those of the one address that the operator names.
FRAMED_BY = os.environ.get("FLIGHTTIME_FRAMED_BY", "")
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": FRAMED_BY if AN_ADDRESS.fullmatch(FRAMED_BY) else "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{what} {where}" for what, where in POLICY.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# As they are sent, made once.
SENT = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
NOT_KEPT = (b"cache-control", b"no-store")


def require_address(framed_by: str) -> None:
    """Raises Refused where what the operator names is no address."""
    if framed_by and not AN_ADDRESS.fullmatch(framed_by):
        raise Refused(f"FLIGHTTIME_FRAMED_BY is {framed_by!r}, not an address: write it like http://127.0.0.1:8100")


class Headers:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message["headers"]
                # An answer is true for one model at one moment; only what is meant to be kept says otherwise.
                kept = any(name == b"cache-control" for name, _ in own)
                message["headers"] = [*own, *SENT] if kept else [*own, *SENT, NOT_KEPT]
            await send(message)

        await self.app(scope, receive, safely)


def said(scope: Scope, name: bytes) -> str:
    """What a request says under this name (in small letters); nothing if it does not."""
    for given, value in scope["headers"]:
        if given == name:
            return value.decode("latin-1")
    return ""


def kind(scope: Scope) -> str:
    """What kind of body a request says that it has."""
    return said(scope, b"content-type").partition(";")[0].strip().lower()
