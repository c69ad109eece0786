"""Minutes in the air for programs: for one flight or for many."""

from typing import Annotated

import pandas as pd
from fastapi import APIRouter
from fastapi import Body
from prometheus_client import Counter
from pydantic import BaseModel
from pydantic import ConfigDict
from pydantic import Discriminator
from pydantic import Field
from pydantic import Tag

from flighttime import production
from flighttime import score
from flighttime.web import declared

MOST_FLIGHTS = 10_000
ANSWERED = Counter("flighttime_flights", "Flights answered, by model", ["model"])

router = APIRouter(tags=["predictions"], responses=declared.problems(400, 408, 413, 415, 422, 503, 504))


class Flight(BaseModel):
    """A flight before its departure. `flight_id` is the caller's own name for it, and comes back."""

    model_config = ConfigDict(extra="forbid", str_min_length=1, str_max_length=40, allow_inf_nan=False, strict=True)

    flight_id: str | None = None
    carrier: str = Field(examples=["UA"])
    origin: str = Field(examples=["EWR"])
    dest: str = Field(examples=["IAH"])
    distance: float = Field(gt=0, le=12_000, description="miles", examples=[1400])
    sched_dep_min: float = Field(
        ge=0,
        le=1440,
        description="scheduled departure, minutes after midnight",
        examples=[317],
    )
    sched_block: float | None = Field(
        None,
        ge=0,
        le=1440,
        description="scheduled minutes, gate to gate",
        examples=[244],
    )
    seats: float | None = Field(None, gt=0, le=1000, examples=[149])


class Answer(BaseModel):
    flight_id: str | None = Field(examples=["mine"])
    minutes: float = Field(examples=[187.4])


class Answers(BaseModel):
    """The answers in the order of the flights, and the version of the model that gave them."""

    model: str = Field(examples=["3"])
    answers: list[Answer]


Flights = Annotated[list[Flight], Field(min_length=1, max_length=MOST_FLIGHTS)]
# A mistake is looked for in what was meant: a list is many flights, anything else is one.
one_or_many = Discriminator(lambda sent: "many" if isinstance(sent, list) else "one")
OneOrMany = Annotated[Annotated[Flight, Tag("one")] | Annotated[Flights, Tag("many")], one_or_many]


ONE = {"carrier": "UA", "origin": "EWR", "dest": "IAH", "distance": 1400, "sched_dep_min": 317, "seats": 149}
EXAMPLES = {
    "one": {"summary": "one flight", "value": ONE},
    "many": {"summary": "many flights, some with the caller's own name", "value": [ONE | {"flight_id": "mine"}, ONE]},
}


@router.post("/predict")
def predict(flights: Annotated[OneOrMany, Body(openapi_examples=EXAMPLES)]) -> Answers:
    """Minutes in the air for one flight or for many."""
    return answer(flights if isinstance(flights, list) else [flights])


def answer(flights: list[Flight]) -> Answers:
    """Raises Refused where no model is in production."""
    scored = score.answer(pd.DataFrame(map(vars, flights)), production.serving())
    ANSWERED.labels(scored["model"].iloc[0]).inc(len(scored))
    return answers_of(scored)


def answers_of(scored: pd.DataFrame) -> Answers:
    rows = zip(*(scored[name].tolist() for name in Answer.model_fields), strict=True)
    answers = [Answer.model_construct(**dict(zip(Answer.model_fields, row, strict=True))) for row in rows]
    return Answers.model_construct(model=scored["model"].iloc[0], answers=answers)
