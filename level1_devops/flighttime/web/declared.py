"""What can go wrong, as the API's own description tells it: every failure is a problem document."""

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic import TypeAdapter

from flighttime.web.problems import MEDIA_TYPE
from flighttime.web.problems import TITLES

WHERE = "#/components/schemas/{model}"
EXAMPLES = {
    400: "the body is not JSON: send one flight or a list of flights",
    401: "the token is missing or wrong: send Authorization: Bearer TOKEN",
    403: "operating over HTTP is switched off: start the application with FLIGHTTIME_TOKEN set",
    408: "12 bytes in 10 seconds and no end: send it faster, or less",
    413: "more than 4,000,000 bytes: send the flights in several requests",
    415: "the body is not said to be JSON: send Content-Type: application/json",
    422: "/distance is -1: Input should be greater than 0",
    503: "256 requests are waiting already: try again",
    504: "no answer within 30 seconds: ask for fewer flights at once",
}


class Mistake(BaseModel):
    """A broken rule: the field as a JSON pointer into what was sent, and what stood there."""

    field: str
    value: str | float | bool | None
    rule: str


class ProblemDetails(BaseModel):
    """RFC 9457. `detail` names the value, the rule and the remedy; `request_id` the line in the log."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[Mistake] | None = None


def problems(*statuses: int) -> dict[int, dict]:
    """The failures that a route may answer with, for its `responses`."""
    return {status: {"description": TITLES[status], "content": {MEDIA_TYPE: content(status)}} for status in statuses}


def example(answer: object, kind: str = "application/json") -> dict[int, dict]:
    """What a good answer looks like, for a route's `responses`."""
    return {200: {"content": {kind: {"example": answer}}}}


def content(status: int) -> dict:
    example = {
        "type": f"/docs#{status}",
        "title": TITLES[status],
        "status": status,
        "detail": EXAMPLES[status],
        "request_id": "7f0c3a52f1f44c0e9d9b7b6a5d1e2c3f",
    }
    if status == 422:
        example["errors"] = [{"field": "/distance", "value": -1, "rule": "Input should be greater than 0"}]
    return {"schema": {"$ref": WHERE.format(model=ProblemDetails.__name__)}, "example": example}


def install(app: FastAPI, *asked: type) -> None:
    """Add the schemas of what is `asked` and of what `problems` refers to: the framework does not know of them."""
    framework = app.openapi
    wanted = [(ProblemDetails, "serialization", TypeAdapter(ProblemDetails))]
    wanted += [(kind, "validation", TypeAdapter(kind)) for kind in asked]
    _, described = TypeAdapter.json_schemas(wanted, ref_template=WHERE)

    def openapi() -> dict:
        document = framework()
        document["components"]["schemas"].update(described["$defs"])
        return document

    app.openapi = openapi
