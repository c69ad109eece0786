"""Add the failures to the API's own description: each one is a problem document with an example."""

from typing import Any
from typing import Literal

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic import TypeAdapter

from groundcrew.web.problems import MEDIA_TYPE
from groundcrew.web.problems import TITLES

SCHEMA = "#/components/schemas/{model}"
DETAILS = {
    400: "the body is not JSON: send one flight or a list of flights",
    401: "the key is missing or wrong: send Authorization: Bearer KEY, or open a page once with "
    "?key=KEY in its address",
    403: "operating over HTTP is switched off: start the application with FLIGHTTIME_TOKEN set",
    408: "only 12 bytes arrived in 10 seconds: send the request faster, or send less",
    413: "more than 4,000,000 bytes: send the flights in several requests",
    415: "the Content-Type is not JSON: send Content-Type: application/json",
    422: "/distance is -1: Input should be greater than 0",
    429: "more than 100 requests a second from one caller: try again in 1 s, or send several "
    "flights in one request",
    503: "256 requests are waiting already: try again",
    504: "no answer within 30 seconds: send fewer flights at once",
}
Responses = dict[int | str, dict[str, Any]]
Mode = Literal["validation", "serialization"]


class BrokenRule(BaseModel):
    """A broken rule: the field as a JSON pointer into the body, its value, and the rule."""

    field: str
    value: str | float | bool | None
    rule: str


class ProblemDetails(BaseModel):
    """RFC 9457. `detail` has value, rule and remedy; `request_id` finds the line in the log."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[BrokenRule] | None = None


def problem_responses(*statuses: int) -> Responses:
    """The failures that a route may answer with, for its `responses`."""
    return {
        status: {"description": TITLES[status], "content": {MEDIA_TYPE: problem_content(status)}}
        for status in statuses
    }


def problem_content(status: int) -> dict:
    example: dict[str, object] = {
        "type": f"/docs#{status}",
        "title": TITLES[status],
        "status": status,
        "detail": DETAILS[status],
        "request_id": "7f0c3a52f1f44c0e9d9b7b6a5d1e2c3f",
    }
    if status == 422:
        rule = "Input should be greater than 0"
        example["errors"] = [{"field": "/distance", "value": -1, "rule": rule}]
    return {"schema": {"$ref": SCHEMA.format(model=ProblemDetails.__name__)}, "example": example}


def example(content: object, media_type: str = "application/json") -> Responses:
    """An example of a successful response, for a route's `responses`."""
    return {200: {"content": {media_type: {"example": content}}}}


def install(app: FastAPI, *request_types: type) -> None:
    """Add the schemas that the framework does not see: of request bodies and of problems."""
    framework_openapi = app.openapi
    wanted: list[tuple[type, Mode, TypeAdapter]] = [
        (ProblemDetails, "serialization", TypeAdapter(ProblemDetails))
    ]
    wanted += [(kind, "validation", TypeAdapter(kind)) for kind in request_types]
    _, schemas = TypeAdapter.json_schemas(wanted, ref_template=SCHEMA)

    def openapi() -> dict:
        document = framework_openapi()
        document["components"]["schemas"].update(schemas["$defs"])
        return document

    app.openapi = openapi  # pyrefly: ignore[method-assign]
