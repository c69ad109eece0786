"""What went wrong, told the same way everywhere: as problem details (RFC 9457) that name the remedy."""

import json
import math
from collections.abc import Sequence

from fastapi import FastAPI
from fastapi import Request
from fastapi import Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from flighttime.errors import Refused

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "The request cannot be read",
    401: "This needs the operator's token",
    403: "This is switched off",
    404: "There is nothing here",
    405: "This cannot be done here",
    408: "The request came too slowly",
    413: "The request is too large",
    415: "The request is of another kind",
    422: "The request breaks a rule",
    500: "The application failed",
    503: "No answer can be given now",
    504: "The answer took too long",
}
# Where the framework itself refuses, it says no more than the name of the status.
REMEDIES = {404: "there is nothing at this address", 405: "this address does not take this method"}
# A rule that is a pattern, in words: there is only one.
RULES = {"string_pattern_mismatch": "String should not hold the character NUL"}
MOST_MISTAKES = 20
MOST_CHARACTERS = 80


class Problem(HTTPException):
    """A failure that is told to the client: its status, and in words the value, the rule and the remedy."""


def install(app: FastAPI) -> None:
    for kind, handler in TOLD.items():
        app.add_exception_handler(kind, handler)


def answer(request: Request, problem: Exception) -> Response:
    """What the client is told of a problem that is one of TOLD."""
    return next(handler for kind, handler in TOLD.items() if isinstance(problem, kind))(request, problem)


def tell(request: Request, problem: HTTPException) -> Response:
    if not isinstance(problem, Problem) and problem.status_code in REMEDIES:
        problem.detail = f"{REMEDIES[problem.status_code]}: /docs lists what there is"
    return told(problem, request.scope)


def told(problem: HTTPException, scope: dict) -> Response:
    return response(problem.status_code, problem.detail, scope, headers=problem.headers)


def tell_refusal(request: Request, refusal: Refused) -> Response:
    return response(503, str(refusal), request.scope)


def tell_mistakes(request: Request, problem: RequestValidationError) -> Response:
    found = problem.errors()
    if any(mistake["type"] == "json_invalid" for mistake in found):
        return response(400, "the body is not JSON: send one flight or a list of flights", request.scope)
    mistakes = [as_mistake(mistake) for mistake in found]
    first = mistakes[0]
    more = f" (and {len(mistakes) - 1:,} more)" if len(mistakes) > 1 else ""
    detail = f"{first['field'] or 'the body'} is {json.dumps(first['value'])}: {first['rule']}{more}"
    return response(422, detail, request.scope, errors=mistakes[:MOST_MISTAKES])


def as_mistake(mistake: dict) -> dict:
    """One broken rule: where (a JSON pointer into what was sent), what stood there, and the rule."""
    value = None if mistake["type"] == "missing" else shown(mistake["input"])
    return {"field": pointer(mistake["loc"]), "value": value, "rule": RULES.get(mistake["type"], mistake["msg"])}


def pointer(places: Sequence[str | int]) -> str:
    """(1, "distance") as /1/distance."""
    return "".join("/" + str(place).replace("~", "~0").replace("/", "~1")[:MOST_CHARACTERS] for place in places)


def shown(value: object) -> object:
    """The value, if it is short and can be written as JSON; else what kind of thing it is."""
    if isinstance(value, list | tuple):
        return f"a list of {len(value):,}"
    if isinstance(value, dict):
        return "an object"
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float) and math.isfinite(value) or isinstance(value, int) and abs(value) < 10**15:
        return value
    return str(value)[:MOST_CHARACTERS]


def response(status: int, detail: str, scope: dict, *, headers: dict | None = None, **more: object) -> Response:
    content = {
        "type": f"/docs#{status}",
        "title": TITLES.get(status, "The request failed"),
        "status": status,
        "detail": detail,
        "request_id": scope.get("state", {}).get("request_id"),
        **more,
    }
    # Everything beyond ASCII is escaped: half a character can be received but not sent.
    return Response(json.dumps(content), status, headers, MEDIA_TYPE)


TOLD = {HTTPException: tell, RequestValidationError: tell_mistakes, Refused: tell_refusal}
