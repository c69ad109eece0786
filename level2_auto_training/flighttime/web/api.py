"""Minutes in the air for programs: for one flight or for many."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter
from fastapi import Request
from fastapi import Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from prometheus_client import Counter
from pydantic import ConfigDict
from pydantic import Field
from pydantic import TypeAdapter
from pydantic import ValidationError
from typing_extensions import NotRequired
from typing_extensions import TypedDict

from flighttime import production
from flighttime import score
from flighttime.features import FEATURES
from flighttime.production import Production
from flighttime.web import declared
from flighttime.web import headers
from flighttime.web.problems import Problem

MOST_FLIGHTS = 10_000
# Not all that keeps text can keep the character NUL.
Text = Annotated[str, Field(pattern=r"^[^\u0000]*$")]
ANSWERED = Counter("flighttime_flights", "Flights answered, by model", ["model"])
MINUTES = Counter("flighttime_minutes", "Sum of the minutes in the air that were predicted, by model", ["model"])

router = APIRouter(tags=["predictions"], responses=declared.problems(400, 408, 413, 415, 422, 503, 504))


class Flight(TypedDict):
    """A flight before its departure. `flight_id` is the caller's own name for it, and comes back."""

    __pydantic_config__ = ConfigDict(
        extra="forbid",
        str_min_length=1,
        str_max_length=40,
        allow_inf_nan=False,
        strict=True,
    )

    flight_id: NotRequired[Text | None]
    carrier: Annotated[Text, Field(examples=["UA"])]
    origin: Annotated[Text, Field(examples=["EWR"])]
    dest: Annotated[Text, Field(examples=["IAH"])]
    distance: Annotated[float, Field(gt=0, le=12_000, description="miles", examples=[1400])]
    sched_dep_min: Annotated[
        float,
        Field(ge=0, le=1440, description="scheduled departure, minutes after midnight", examples=[317]),
    ]
    sched_block: NotRequired[
        Annotated[
            float | None,
            Field(ge=0, le=1440, description="scheduled minutes, gate to gate", examples=[244]),
        ]
    ]
    seats: NotRequired[Annotated[float | None, Field(gt=0, le=1000, examples=[149])]]


class Answer(TypedDict):
    """`prediction_id` is the answer's own name, and `model` the version that gave it."""

    prediction_id: Annotated[str, Field(examples=["3-6f1e0c9b2d7a4e83b5c61f0a9d2e7c48"])]
    model: Annotated[str, Field(examples=["3"])]
    flight_id: Annotated[str | None, Field(examples=["mine"])]
    minutes: Annotated[float, Field(examples=[187.4])]


class Answers(TypedDict):
    """The answers in the order of the flights, and the version of the model in production."""

    model: Annotated[str, Field(examples=["3"])]
    answers: list[Answer]


ONE = TypeAdapter(Flight)
MANY = TypeAdapter(Annotated[list[Flight], Field(min_length=1, max_length=MOST_FLIGHTS)])
TOLD = TypeAdapter(Answers)
MANY_FLIGHTS = {
    "type": "array",
    "items": {"$ref": declared.WHERE.format(model=Flight.__name__)},
    "minItems": 1,
    "maxItems": MOST_FLIGHTS,
}
EXAMPLE = {"carrier": "UA", "origin": "EWR", "dest": "IAH", "distance": 1400, "sched_dep_min": 317, "seats": 149}
EXAMPLES = {
    "one": {"summary": "one flight", "value": EXAMPLE},
    "many": {
        "summary": "many flights, some with the caller's own name",
        "value": [EXAMPLE | {"flight_id": "mine"}, EXAMPLE],
    },
}
BODY = {
    "required": True,
    "content": {"application/json": {"schema": {"anyOf": [MANY_FLIGHTS["items"], MANY_FLIGHTS]}, "examples": EXAMPLES}},
}


@router.post("/predict", response_model=Answers, openapi_extra={"requestBody": BODY})
async def predict(request: Request) -> Response:
    """Minutes in the air for one flight or for many."""
    if headers.kind(request.scope) != "application/json":
        raise Problem(415, "the body is not said to be JSON: send Content-Type: application/json")
    return await made(predicted, await request.body())


async def made(work: Callable[[bytes], bytes], body: bytes) -> Response:
    """The answer to a request; one that takes long to make is made in a thread, and keeps nobody waiting."""
    content = work(body) if len(body) <= production.QUICK else await run_in_threadpool(work, body)
    return Response(content, media_type="application/json")


def predicted(body: bytes) -> bytes:
    return TOLD.dump_json(answer(read(body)))


def read(body: bytes) -> list[Flight]:
    """A mistake is looked for in what was meant: a list is many flights, anything else is one."""
    try:
        return MANY.validate_json(body) if body.lstrip()[:1] == b"[" else [ONE.validate_json(body)]
    except ValidationError as mistakes:
        raise RequestValidationError(mistakes.errors(include_url=False)) from None


def answer(flights: list[Flight]) -> Answers:
    """Raises Refused where no model is in production."""
    model = production.serving()
    answers = given(flights, model)
    return {"model": model.version, "answers": answers}


def given(flights: list[Flight], model: Production) -> list[Answer]:
    minutes = model.minutes([known(flight) for flight in flights])
    ANSWERED.labels(model.version).inc(len(flights))
    MINUTES.labels(model.version).inc(max(0.0, sum(minutes)))
    names = score.prediction_ids(model.version, len(flights))
    return [told(*answer, model.version) for answer in zip(names, flights, minutes, strict=True)]


def known(flight: Flight) -> tuple:
    """What a model is given of it: FEATURES in their order, None for what nobody knows."""
    return tuple(map(flight.get, FEATURES))


def told(name: str, flight: Flight, minutes: float, version: str) -> Answer:
    return {"prediction_id": name, "model": version, "flight_id": flight.get("flight_id"), "minutes": minutes}
