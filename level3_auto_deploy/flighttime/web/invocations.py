"""The way that clients of MLflow ask: a table as JSON or CSV comes in, predictions go out."""

import csv
import io
import json
from typing import Annotated

from fastapi import APIRouter
from fastapi import Depends
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from pydantic import TypeAdapter
from pydantic import ValidationError

from flighttime.features import FEATURES
from flighttime.web.api import Flights
from flighttime.web.api import answer
from flighttime.web.problems import Problem

FLIGHTS = TypeAdapter(Flights)
EXAMPLE = {"dataframe_split": {"columns": FEATURES, "data": [["UA", "EWR", "IAH", 1400, 317, 244, 149]]}}
FORMS = "dataframe_split, dataframe_records, instances or inputs"
UNKNOWN_FORM = Problem(422, f"the body is in none of the forms that are read here: send {FORMS}, see /docs")
BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": {"type": "object"}, "example": EXAMPLE},
        "text/csv": {"schema": {"type": "string"}, "example": ",".join(FEATURES) + "\nUA,EWR,IAH,1400,317,244,149\n"},
    },
}

router = APIRouter(tags=["predictions"])


class Predictions(BaseModel):
    predictions: list[float]


async def rows(request: Request) -> list[dict]:
    """The flights that were sent, in whichever form; raises Problem if it is none of them."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/json", "text/csv"):
        raise Problem(415, f"{kind[:40] or 'nothing'} is not a kind that is read here: send application/json or text/csv")
    try:
        text = (await request.body()).decode()
        return from_csv(text) if kind == "text/csv" else from_json(json.loads(text))
    except TypeError:
        raise UNKNOWN_FORM from None
    except (ValueError, RecursionError, csv.Error):
        raise Problem(400, f"the body cannot be read as {kind}: see the examples in /docs") from None


def from_csv(text: str) -> list[dict]:
    # An empty cell is a value that nobody knows.
    return [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(io.StringIO(text))]


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


@router.post("/invocations", openapi_extra={"requestBody": BODY})
def invocations(rows: Annotated[list[dict], Depends(rows)]) -> Predictions:
    """Minutes in the air, asked for the way that MLflow's scoring server is."""
    try:
        flights = FLIGHTS.validate_python(rows)
    except ValidationError as mistakes:
        raise RequestValidationError(mistakes.errors()) from None
    return Predictions(predictions=[given.minutes for given in answer(flights).answers])
