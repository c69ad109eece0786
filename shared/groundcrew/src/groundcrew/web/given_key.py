"""The key in a request: in its header or, on a page, in a cookie that an address has set once."""

from urllib.parse import parse_qsl
from urllib.parse import quote
from urllib.parse import urlencode

from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse
from starlette.types import Scope

from groundcrew.web.headers import header

PARAMETER, COOKIE = "key", "flighttime-key"


def given_key(scope: Scope) -> tuple[str, bool]:
    """The key that a request carries, and whether it is in the address of a page."""
    kind, _, key = header(scope, b"authorization").partition(" ")
    if kind.lower() == "bearer":
        return key.strip(), False
    if scope["method"] == "GET" and b"key=" in scope["query_string"]:
        if key := dict(parse_qsl(scope["query_string"].decode("latin-1"))).get(PARAMETER, ""):
            return key, True
    cookie = header(scope, b"cookie")
    return cookie_parser(cookie).get(cookie_name(scope), "") if cookie else "", False


def with_cookie(scope: Scope, key: str) -> RedirectResponse:
    """Let the browser keep the key, and open the same page without it in the address."""
    parameters = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    rest = urlencode([(name, value) for name, value in parameters if name != PARAMETER])
    # One slash: two of them would begin with the name of another site.
    page = f"/{quote(scope['path'].lstrip('/'))}"
    response = RedirectResponse(f"{page}?{rest}" if rest else page, 303)
    response.set_cookie(cookie_name(scope), key, httponly=True, samesite="strict")
    return response


def cookie_name(scope: Scope) -> str:
    """Browsers send the cookies of a host to all its ports."""
    return f"{COOKIE}-{(scope.get('server') or ('', 0))[1]}"
