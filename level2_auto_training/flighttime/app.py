"""The application: minutes in the air over HTTP, from whichever model is in production.

    python -m flighttime.app [--port 8000]
"""

import argparse
import contextlib
import json
from typing import Annotated

import pandas as pd
import uvicorn
from fastapi import FastAPI
from fastapi import Request
from fastapi import Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pydantic import ConfigDict
from pydantic import Field

from flighttime import deploy
from flighttime import production
from flighttime import score
from flighttime import settings
from flighttime import steps
from flighttime.errors import Refused

MOST_FLIGHTS = 10_000


class Flight(BaseModel):
    """A flight before its departure. `flight_id` is the caller's own name for it, and comes back."""

    model_config = ConfigDict(extra="forbid", str_min_length=1, str_max_length=40)

    flight_id: str | None = None
    carrier: str = Field(examples=["UA"])
    origin: str = Field(examples=["EWR"])
    dest: str = Field(examples=["IAH"])
    distance: float = Field(gt=0, le=12_000, description="miles", examples=[1400])
    sched_dep_min: float = Field(ge=0, le=1440, description="scheduled departure, minutes after midnight", examples=[317])
    sched_block: float | None = Field(None, ge=0, le=1440, description="scheduled minutes, gate to gate", examples=[244])
    seats: float | None = Field(None, gt=0, le=1000, examples=[149])


class Answer(BaseModel):
    flight_id: str | None
    minutes: float


class Answers(BaseModel):
    model: str
    answers: list[Answer]


Flights = Annotated[list[Flight], Field(min_length=1, max_length=MOST_FLIGHTS)]

app = FastAPI(title="flighttime", description=__doc__.splitlines()[0])


@app.exception_handler(Refused)
def tell_refusal(request: Request, refusal: Refused) -> JSONResponse:
    return JSONResponse({"detail": str(refusal)}, status_code=503)


@app.exception_handler(RequestValidationError)
def tell_mistakes(request: Request, mistakes: RequestValidationError) -> Response:
    # What was sent is not repeated: NaN or half a character can be received but not sent.
    detail = [{"loc": mistake["loc"], "msg": mistake["msg"]} for mistake in mistakes.errors()]
    return Response(json.dumps({"detail": detail}), status_code=422, media_type="application/json")


@app.post("/predict")
def predict(flights: Flight | Flights) -> Answers:
    """Minutes in the air for one flight or for many."""
    flights = flights if isinstance(flights, list) else [flights]
    scored = score.score(pd.DataFrame([flight.model_dump() for flight in flights]), production.serving())
    return answers_of(scored)


def answers_of(scored: pd.DataFrame) -> Answers:
    rows = zip(scored["flight_id"], scored["minutes"], strict=True)
    return Answers(
        model=scored["model"].iloc[0],
        answers=[Answer.model_construct(**dict(zip(Answer.model_fields, row, strict=True))) for row in rows],
    )


@app.get("/health")
def health() -> dict[str, str]:
    """Ready to answer; 503 with the remedy where no model is in production."""
    return {"status": "ready", "model": production.serving().version}


@app.get("/version")
def version() -> dict[str, str]:
    """Which application and which model answer."""
    return {"application": deploy.content_version(settings.ROOT), "model": production.serving().version}


def serve(host: str, port: int) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.run(app, host=host, port=port, log_level="warning")


def main(arguments: argparse.Namespace) -> None:
    print(f"http://{arguments.host}:{arguments.port}", flush=True)
    serve(arguments.host, arguments.port)


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default: this machine only)")
    parser.add_argument("--port", type=int, default=8000)
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
