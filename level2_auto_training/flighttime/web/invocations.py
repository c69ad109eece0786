"""The way that clients of MLflow ask: a table as JSON or CSV comes in, predictions go out."""

import contextlib
import csv
import io
import json
from functools import partial
from typing import Annotated

from fastapi import APIRouter
from fastapi import Request
from fastapi import Response
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from pydantic import TypeAdapter
from pydantic import ValidationError
from typing_extensions import TypedDict

from flighttime.features import FEATURES
from flighttime.features import NUMBERS
from flighttime.web import api
from flighttime.web import declared
from flighttime.web import headers
from flighttime.web.problems import Problem

COLUMNS = {"type": "object", "additionalProperties": {"type": "array"}, "required": FEATURES[:5]}
SPLIT = {
    "type": "object",
    "properties": {
        "columns": {"type": "array", "items": {"type": "string"}},
        "data": {"type": "array", "items": {"type": "array"}, "minItems": 1, "maxItems": api.MOST_FLIGHTS},
    },
    "required": ["columns", "data"],
}
SCHEMAS = {
    "dataframe_split": SPLIT,
    "dataframe_records": api.MANY_FLIGHTS,
    "instances": api.MANY_FLIGHTS,
    "inputs": {"anyOf": [api.MANY_FLIGHTS, COLUMNS]},
}
ANY_FORM = {
    "type": "object",
    "anyOf": [{"properties": {form: schema}, "required": [form]} for form, schema in SCHEMAS.items()],
}
EXAMPLE = {"dataframe_split": {"columns": FEATURES, "data": [["UA", "EWR", "IAH", 1400, 317, 244, 149]]}}
FORMS = "dataframe_split, dataframe_records, instances or inputs"
UNKNOWN_FORM = Problem(422, f"the body is in none of the forms that are read here: send {FORMS}, see /docs")
BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": ANY_FORM, "example": EXAMPLE},
        "text/csv": {"schema": {"type": "string"}, "example": ",".join(FEATURES) + "\nUA,EWR,IAH,1400,317,244,149\n"},
    },
}

router = APIRouter(tags=["predictions"], responses=declared.problems(400, 408, 413, 415, 422, 503, 504))


class Predictions(TypedDict):
    predictions: Annotated[list[float], Field(examples=[[187.4]])]


TOLD = TypeAdapter(Predictions)


@router.post("/invocations", response_model=Predictions, openapi_extra={"requestBody": BODY})
async def invocations(request: Request) -> Response:
    """Minutes in the air, asked for the way that MLflow's scoring server is."""
    kind = headers.kind(request.scope)
    if kind not in BODY["content"]:
        told = f"{kind[:40] or 'nothing'} is not a kind that is read here: send application/json or text/csv"
        raise Problem(415, told)
    return await api.made(partial(predicted, kind), await request.body())


def predicted(kind: str, body: bytes) -> bytes:
    try:
        flights = api.MANY.validate_python(rows(kind, body))
    except ValidationError as mistakes:
        raise RequestValidationError(mistakes.errors(include_url=False)) from None
    return TOLD.dump_json({"predictions": [given["minutes"] for given in api.answer(flights)["answers"]]})


def rows(kind: str, body: bytes) -> list[dict]:
    """The flights that were sent, in whichever form; raises Problem if it is none of them."""
    try:
        text = body.decode()
        return from_csv(text) if kind == "text/csv" else from_json(json.loads(text, parse_constant=known))
    except TypeError:
        raise UNKNOWN_FORM from None
    except (ValueError, RecursionError, csv.Error):
        raise Problem(400, f"the body cannot be read as {kind}: see the examples in /docs") from None


def known(constant: str) -> float | None:
    """Clients that send pandas tables write NaN for a value that nobody knows."""
    return None if constant == "NaN" else float(constant)


def from_csv(text: str) -> list[dict]:
    lines = csv.DictReader(io.StringIO(text), restkey="more cells than names")
    return [{name: value(name, cell) for name, cell in row.items()} for row in lines]


def value(name: str, cell: str) -> str | float | None:
    """An empty cell is a value that nobody knows; what should be a number and is none stays as it is."""
    with contextlib.suppress(ValueError):
        return float(cell) if cell and name in NUMBERS else cell or None
    return cell


def from_json(sent: object) -> list[dict]:
    match sent:
        case {"dataframe_split": {"columns": list(names), "data": list(lines)}}:
            return [dict(zip(names, line, strict=True)) for line in lines]
        case {"dataframe_records": list(records)} | {"instances": list(records)}:
            return records
        case {"inputs": dict(columns)}:
            return [dict(zip(columns, line, strict=True)) for line in zip(*columns.values(), strict=True)]
        case {"inputs": list(records)}:
            return records
    raise UNKNOWN_FORM
