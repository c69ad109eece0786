"""Security headers for every response: browsers run only our scripts, and guess no types."""

import re

from starlette.types import ASGIApp
from starlette.types import Message
from starlette.types import Receive
from starlette.types import Scope
from starlette.types import Send

from groundcrew import addresses
from groundcrew.errors import UserError

ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?")
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
NO_STORE = (b"cache-control", b"no-store")


def security_headers(framed_by: str) -> dict[str, str]:
    """`framed_by` is the address of the one site that may show our pages in frames; may be empty.

    Raises UserError if it is not an address.
    """
    if framed_by and not ADDRESS.fullmatch(framed_by):
        rule = "not an address: write it like http://127.0.0.1:8100"
        raise UserError(f"FLIGHTTIME_FRAMED_BY is {addresses.shown(framed_by)!r}, {rule}")
    policy = POLICY | {"frame-ancestors": framed_by or "'none'"}
    directives = "; ".join(f"{name} {source}" for name, source in policy.items())
    return {"Content-Security-Policy": directives, **HEADERS}


class SecurityHeaders:
    def __init__(self, app: ASGIApp, framed_by: str = "") -> None:
        self.app = app
        headers = security_headers(framed_by).items()
        self.encoded = [(name.lower().encode(), value.encode()) for name, value in headers]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message["headers"]
                # Answers depend on the model and the moment: a cache keeps only what allows it.
                cached = any(name == b"cache-control" for name, _ in own)
                message["headers"] = [*own, *self.encoded, *([] if cached else [NO_STORE])]
            await send(message)

        await self.app(scope, receive, send_with_headers)
