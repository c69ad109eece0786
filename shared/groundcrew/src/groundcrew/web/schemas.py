"""What programs send and receive: a flight before its departure, and the answers to a request."""

from typing import Annotated
from typing import Any
from typing import NotRequired

from fastapi.exceptions import RequestValidationError
from pydantic import ConfigDict
from pydantic import Field
from pydantic import TypeAdapter
from pydantic import ValidationError
from pydantic import with_config
from pydantic.fields import FieldInfo
from typing_extensions import TypedDict

from groundcrew.errors import UserError
from groundcrew.flight_rules import MAX_CHARACTERS
from groundcrew.flight_rules import RANGES
from groundcrew.web import openapi

MAX_FLIGHTS = 10_000
Text = Annotated[str, Field(pattern=r"^[^\u0000]*$")]


def number(name: str, description: str | None, example: float) -> FieldInfo:
    """A number within the range that batch scoring demands of it too."""
    limits: dict[str, Any] = {limit: getattr(RANGES[name], limit) for limit in ("gt", "ge", "le")}
    return Field(**limits, description=description, examples=[example])


@with_config(
    ConfigDict(
        extra="forbid",
        str_min_length=1,
        str_max_length=MAX_CHARACTERS,
        allow_inf_nan=False,
        strict=True,
    )
)
class Flight(TypedDict):
    """A flight before its departure. `flight_id`, the client's name for it, is returned."""

    flight_id: NotRequired[Text | None]
    carrier: Annotated[Text, Field(examples=["UA"])]
    origin: Annotated[Text, Field(examples=["EWR"])]
    dest: Annotated[Text, Field(examples=["IAH"])]
    distance: Annotated[float, number("distance", "miles", 1400)]
    sched_dep_min: Annotated[
        float, number("sched_dep_min", "scheduled departure, minutes after midnight", 317)
    ]
    sched_block: NotRequired[
        Annotated[float | None, number("sched_block", "scheduled minutes, gate to gate", 244)]
    ]
    seats: NotRequired[Annotated[float | None, number("seats", None, 149)]]


class AnswerJson(TypedDict):
    """`model` is the version that answered; `unseen` are inputs, if any, that are new to it."""

    prediction_id: Annotated[str, Field(examples=["3-6f1e0c9b2d7a4e83b5c61f0a9d2e7c48"])]
    model: Annotated[str, Field(examples=["3"])]
    flight_id: Annotated[str | None, Field(examples=["mine"])]
    minutes: Annotated[float, Field(examples=[187.4])]
    unseen: NotRequired[list[str]]


class Answers(TypedDict):
    """The answers in the order of the flights, and the version of the champion."""

    model: Annotated[str, Field(examples=["3"])]
    answers: list[AnswerJson]


FLIGHT = TypeAdapter(Flight)
FLIGHTS = TypeAdapter(Annotated[list[Flight], Field(min_length=1, max_length=MAX_FLIGHTS)])
ANSWERS = TypeAdapter(Answers)

# For the description of the request bodies, which the routes read by themselves.
NUMBERS = set(RANGES)
OPTIONAL = [name for name, allowed in RANGES.items() if allowed.optional]
REQUIRED = ["carrier", "origin", "dest", *(name for name in RANGES if name not in OPTIONAL)]
FLIGHT_SCHEMA = {"$ref": openapi.SCHEMA.format(model=Flight.__name__)}
FLIGHTS_SCHEMA = {
    "type": "array",
    "items": FLIGHT_SCHEMA,
    "minItems": 1,
    "maxItems": MAX_FLIGHTS,
}


def read_json(body: bytes) -> list[Flight]:
    """One flight or a list of flights; raises RequestValidationError with every broken rule.

    A body that begins with [ is checked as a list, and any other as one flight, so that the errors
    fit what the client meant.
    """
    try:
        if body.lstrip()[:1] == b"[":
            return FLIGHTS.validate_json(body)
        return [FLIGHT.validate_json(body)]
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from None


def read_records(records: object) -> list[Flight]:
    """The same for flights that have been parsed already."""
    try:
        return FLIGHTS.validate_python(records)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from None


def require_valid(flight: Flight, source: str) -> Flight:
    """The flight; raises UserError, which names the `source` of its values, if it breaks a rule."""
    try:
        return FLIGHT.validate_python(flight)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        wrong = f"{first['loc'][0]} is {first['input']!r} ({first['msg']})"
        raise UserError(f"{source} give no flight to ask for, {wrong}: correct them") from None
