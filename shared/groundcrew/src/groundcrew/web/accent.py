"""The colour above the pages, if the environment sets one: as text for light and dark screens."""

import hashlib
import re

from fastapi import APIRouter
from fastapi import Response

from groundcrew.errors import UserError

ACCENT = "FLIGHTTIME_ACCENT"
PAIR = re.compile(r"(#[0-9a-f]{6}) (#[0-9a-f]{6})")
DARK = "@media screen and (prefers-color-scheme: dark)"
LONG = {"Cache-Control": "public, max-age=31536000, immutable"}


def style(pair: str) -> str:
    """The style sheet of such a pair; raises UserError if it is none."""
    found = PAIR.fullmatch(pair)
    if not found:
        rule = "two colours, for light and for dark screens: write it like '#0043b8 #538dea'"
        raise UserError(f"{ACCENT} is {pair!r}, {rule}")
    light, dark = found.groups()
    return f":root{{--own:{light}}}\n{DARK}{{:root{{--own:{dark}}}}}\n"


def sheet(pair: str) -> tuple[str, APIRouter]:
    """The address of the style sheet, and the route that answers it; without a pair, neither."""
    router = APIRouter(include_in_schema=False)
    if not pair:
        return "", router
    content = style(pair)
    path = f"/assets/{hashlib.sha256(content.encode()).hexdigest()[:12]}/accent.css"

    @router.get(path)
    def asset() -> Response:
        return Response(content, headers=LONG, media_type="text/css")

    return path, router
