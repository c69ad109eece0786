"""Answer every failure with problem details (RFC 9457): the value, the rule and the remedy."""

import json
from collections.abc import Callable
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi import Request
from fastapi import Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import Scope

from groundcrew.errors import UserError
from groundcrew.web import broken_rules

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "The request cannot be read",
    401: "This needs a key",
    403: "This is switched off",
    404: "Not found",
    405: "Method not allowed",
    408: "The request arrived too slowly",
    413: "The request is too large",
    415: "Unsupported media type",
    422: "The request breaks a rule",
    429: "Too many requests",
    500: "The application failed",
    503: "Temporarily unavailable",
    504: "The answer took too long",
}
# The framework's own errors say no more than the name of the status.
DETAILS = {404: "nothing is at this address", 405: "this address does not take this method"}
MAX_ERRORS = 20


class Problem(HTTPException):
    """A failure to report to the client: its status, and a text with value, rule and remedy."""


def install(app: FastAPI) -> None:
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)


def handle(request: Request, problem: Exception) -> Response:
    """The response to an exception of one of the types in HANDLERS."""
    handler = next(handler for kind, handler in HANDLERS.items() if isinstance(problem, kind))
    return handler(request, problem)


def handle_http(request: Request, problem: HTTPException) -> Response:
    if not isinstance(problem, Problem) and problem.status_code in DETAILS:
        problem.detail = f"{DETAILS[problem.status_code]}: /docs lists every address"
    return from_exception(problem, request.scope)


def from_exception(problem: HTTPException, scope: Scope) -> Response:
    return response(problem.status_code, problem.detail, scope, headers=problem.headers)


def handle_user_error(request: Request, error: UserError) -> Response:
    return response(503, str(error), request.scope)


def handle_invalid(request: Request, problem: RequestValidationError) -> Response:
    found = problem.errors()
    if any(error["type"] == "json_invalid" for error in found):
        detail = "the body is not JSON: send one flight or a list of flights"
        return response(400, detail, request.scope)
    errors = [broken_rules.describe(error) for error in found]
    field, value, rule = errors[0].values()
    more = f" (and {len(errors) - 1:,} more)" if len(errors) > 1 else ""
    detail = f"{field or 'the body'} is {json.dumps(value)}: {rule}{more}"
    return response(422, detail, request.scope, errors=errors[:MAX_ERRORS])


def response(
    status: int,
    detail: str,
    scope: Scope,
    *,
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> Response:
    content = {
        "type": f"/docs#{status}",
        "title": TITLES.get(status, "The request failed"),
        "status": status,
        "detail": detail,
        "request_id": scope.get("state", {}).get("request_id"),
        **more,
    }
    # json.dumps escapes everything beyond ASCII: a lone surrogate cannot be encoded otherwise.
    return Response(json.dumps(content), status, headers, MEDIA_TYPE)


HANDLERS: dict[type[Exception], Callable[[Request, Any], Response]] = {
    HTTPException: handle_http,
    RequestValidationError: handle_invalid,
    UserError: handle_user_error,
}
