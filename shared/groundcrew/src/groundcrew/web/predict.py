"""POST /predict: minutes in the air for programs, for one flight or for many."""

from collections.abc import Callable

from anyio import to_thread
from fastapi import APIRouter
from fastapi import Request
from fastapi import Response

from groundcrew.errors import WouldWait
from groundcrew.errors import at_once
from groundcrew.serving import Serving
from groundcrew.web import openapi
from groundcrew.web import schemas
from groundcrew.web.headers import media_type
from groundcrew.web.predicting import answer
from groundcrew.web.predicting import unseen_inputs
from groundcrew.web.problems import Problem
from groundcrew.web.services import Services

# A larger body is answered in a thread, so that it does not block other requests.
MAX_QUICK_BYTES = 20_000
EXAMPLE = {
    "carrier": "UA",
    "origin": "EWR",
    "dest": "IAH",
    "distance": 1400,
    "sched_dep_min": 317,
    "seats": 149,
}
EXAMPLES = {
    "one": {"summary": "one flight", "value": EXAMPLE},
    "many": {
        "summary": "many flights, some with the client's own name",
        "value": [EXAMPLE | {"flight_id": "mine"}, EXAMPLE],
    },
}
SCHEMA = {"anyOf": [schemas.FLIGHT_SCHEMA, schemas.FLIGHTS_SCHEMA]}
BODY = {
    "required": True,
    "content": {"application/json": {"schema": SCHEMA, "examples": EXAMPLES}},
}
FAILURES = openapi.problem_responses(400, 401, 408, 413, 415, 422, 429, 503, 504)

router = APIRouter(tags=["predictions"], responses=FAILURES)


@router.post("/predict", response_model=schemas.Answers, openapi_extra={"requestBody": BODY})
async def predict(request: Request) -> Response:
    """Minutes in the air for one flight or for many."""
    if media_type(request.scope) != "application/json":
        raise Problem(415, openapi.DETAILS[415])
    return await respond(request, predict_json)


async def respond(request: Request, work: Callable[[Services, Serving, bytes], bytes]) -> Response:
    """The JSON that `work` makes of the body, on the event loop if that is quick."""
    services, body = request.app.state.services, await request.body()

    def content() -> bytes:
        return work(services, services.serving(), body)

    try:
        with at_once():
            quick = services.serving().champion.quick and len(body) <= MAX_QUICK_BYTES
            made = content() if quick and services.records_locally else None
    except WouldWait:
        made = None
    if made is None:
        # Threads of their own: however long a record is waited for, the pages have theirs.
        made = await to_thread.run_sync(content, limiter=request.app.state.prediction_threads)
    return Response(made, media_type="application/json")


def predict_json(services: Services, serving: Serving, body: bytes) -> bytes:
    answers = answer(services, serving, schemas.read_json(body))
    given: list[schemas.AnswerJson] = [
        {
            "prediction_id": one.prediction_id,
            "model": one.model,
            "flight_id": one.flight_id,
            "minutes": one.minutes,
        }
        for one in answers
    ]
    for one, answer_json in zip(answers, given, strict=True):
        if names := unseen_inputs(services, serving, one):
            answer_json["unseen"] = names
    return schemas.ANSWERS.dump_json({"model": serving.version, "answers": given})
