"""POST /invocations: predictions for clients of MLflow, which send a table as JSON or CSV."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter
from fastapi import Request
from fastapi import Response
from pydantic import Field
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from groundcrew.serving import Serving
from groundcrew.web import mlflow_tables
from groundcrew.web import schemas
from groundcrew.web.headers import media_type
from groundcrew.web.predict import FAILURES
from groundcrew.web.predict import respond
from groundcrew.web.predicting import answer
from groundcrew.web.problems import Problem
from groundcrew.web.services import Services

FEATURES = schemas.REQUIRED + schemas.OPTIONAL
COLUMNS = {
    "type": "object",
    "additionalProperties": {"type": "array"},
    "required": schemas.REQUIRED,
}
ROWS = {
    "type": "array",
    "items": {"type": "array"},
    "minItems": 1,
    "maxItems": schemas.MAX_FLIGHTS,
}
SPLIT = {
    "type": "object",
    "properties": {"columns": {"type": "array", "items": {"type": "string"}}, "data": ROWS},
    "required": ["columns", "data"],
}
SCHEMAS = {
    "dataframe_split": SPLIT,
    "dataframe_records": schemas.FLIGHTS_SCHEMA,
    "instances": schemas.FLIGHTS_SCHEMA,
    "inputs": {"anyOf": [schemas.FLIGHTS_SCHEMA, COLUMNS]},
}
ANY_FORM = {
    "type": "object",
    "anyOf": [
        {"properties": {form: schema}, "required": [form]} for form, schema in SCHEMAS.items()
    ],
}
ROW = ["UA", "EWR", "IAH", 1400, 317, 244, 149]
JSON_EXAMPLE = {"dataframe_split": {"columns": FEATURES, "data": [ROW]}}
CSV_EXAMPLE = "\n".join([",".join(FEATURES), ",".join(map(str, ROW)), ""])
CONTENT = {
    "application/json": {"schema": ANY_FORM, "example": JSON_EXAMPLE},
    "text/csv": {"schema": {"type": "string"}, "example": CSV_EXAMPLE},
}
BODY = {"required": True, "content": CONTENT}

router = APIRouter(tags=["predictions"], responses=FAILURES)


class Predictions(TypedDict):
    predictions: Annotated[list[float], Field(examples=[[187.4]])]


PREDICTIONS = TypeAdapter(Predictions)


@router.post("/invocations", response_model=Predictions, openapi_extra={"requestBody": BODY})
async def invocations(request: Request) -> Response:
    """Minutes in the air, in the protocol of MLflow's scoring server."""
    kind = media_type(request.scope)
    if kind not in CONTENT:
        raise Problem(
            415,
            f"the Content-Type is {kind[:40] or 'missing'}: send application/json or text/csv",
        )
    return await respond(request, partial(predict_table, kind))


def predict_table(kind: str, services: Services, serving: Serving, body: bytes) -> bytes:
    answers = answer(services, serving, schemas.read_records(mlflow_tables.records(kind, body)))
    return PREDICTIONS.dump_json({"predictions": [one.minutes for one in answers]})
