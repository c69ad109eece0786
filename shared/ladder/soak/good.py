"""Clients with correct requests, each of which must get the expected answer."""

import random
import time
from collections.abc import Coroutine
from urllib.parse import urlencode

from ladder.soak import wire
from ladder.soak.trial import Trial

A_FLIGHT = "one flight"
A_HUNDRED = "100 flights"
TEN_THOUSAND = "10,000 flights"
A_TABLE = "100 flights, as MLflow asks"
A_VISIT = "the pages"
ON_ONE_LINE = "one flight, on a kept connection"
KINDS = [A_FLIGHT, A_HUNDRED, TEN_THOUSAND, A_TABLE, ON_ONE_LINE, A_VISIT]
PAGES = [
    "/",
    "/model",
    "/docs",
    "/health/live",
    "/health/ready",
    "/version",
    "/metrics",
    "/openapi.json",
]


def clients(trial: Trial) -> list[Coroutine]:
    return [
        *(ask(trial, A_FLIGHT, 1, 0.1) for _ in range(4)),
        *(ask(trial, A_HUNDRED, 100, 0.4) for _ in range(2)),
        ask(trial, TEN_THOUSAND, 10_000, 4),
        ask_as_a_table(trial),
        ask_on_one_line(trial),
        visit(trial),
    ]


async def ask(trial: Trial, kind: str, number: int, pause: float) -> None:
    async for _ in trial.again_and_again(pause):
        chosen = trial.expected.some(number)
        check(
            trial,
            kind,
            chosen,
            await trial.exchange(kind, wire.post("/predict", trial.expected.body(chosen))),
        )


def check(trial: Trial, kind: str, chosen: list[int], answer: wire.Answer | None) -> None:
    if answer and (mistake := trial.expected.mistake(chosen, answer)):
        trial.tally.blame(kind, mistake)


async def ask_as_a_table(trial: Trial) -> None:
    async for _ in trial.again_and_again(0.5):
        chosen = trial.expected.some(100)
        check(
            trial,
            A_TABLE,
            chosen,
            await trial.exchange(A_TABLE, wire.post("/invocations", trial.expected.table(chosen))),
        )


async def ask_on_one_line(trial: Trial) -> None:
    """Send several requests on each connection, as most libraries do."""
    async for began in trial.again_and_again(0.5):
        try:
            async with wire.connected(trial.port) as (reader, writer):
                for index in trial.expected.some(5):
                    began = time.monotonic()
                    request = wire.post("/predict", trial.expected.body([index]))
                    answer = await wire.say(reader, writer, request)
                    trial.tally.note(ON_ONE_LINE, f"{answer.status}")
                    check(trial, ON_ONE_LINE, [index], answer)
        except (OSError, wire.HungUp) as problem:
            await trial.missed(ON_ONE_LINE, began, problem)


async def visit(trial: Trial) -> None:
    """Read all pages, and fill in the form."""
    async for _ in trial.again_and_again(0.3):
        path = random.choice([*PAGES, f"/?{urlencode(filled_in(trial))}"])
        answer = await trial.exchange(A_VISIT, wire.get(path))
        if answer:
            trial.tally.require(answer.status == 200, A_VISIT, f"GET {path} got {answer.status}")


def filled_in(trial: Trial) -> dict[str, str]:
    flight = random.choice(trial.expected.flights)
    day = flight["flight_id"].split()[0]
    return {
        "origin": flight["origin"],
        "dest": flight["dest"],
        "carrier": flight["carrier"],
        "date": day,
        "time": "17:30",
    }
