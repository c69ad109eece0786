"""Clients with wrong requests: each gets a problem document, or its connection is closed."""

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Coroutine
from collections.abc import Iterator
from dataclasses import dataclass

from ladder.soak import wire
from ladder.soak.tally import MET_THE_RESTART
from ladder.soak.trial import Trial

FLIGHT = {"carrier": "UA", "origin": "EWR", "dest": "IAH", "distance": 1400, "sched_dep_min": 317}
A_LIE = wire.head("POST", "/predict", content_type=wire.JSON, content_length="100000000")
MEGABYTE = b" " * 1_000_000
CUT = "hung up on"


@dataclass(frozen=True)
class Bad:
    """A request and the statuses allowed; `outside`: the server answers, not the application."""

    name: str
    request: bytes
    statuses: tuple[int, ...]
    outside: bool = False


def flight(**wrong: object) -> bytes:
    return json.dumps(FLIGHT | wrong).encode()


def kinds() -> Iterator[Bad]:
    yield Bad("broken JSON", wire.post("/predict", b'{"carrier": "UA",'), (400,))
    yield Bad("no text", wire.post("/predict", b"\xff\xfe\x00"), (400,))
    yield Bad("very deep JSON", wire.post("/predict", b"[" * 100_000), (400,))
    yield Bad("text for a number", wire.post("/predict", flight(distance="1400")), (422,))
    yield Bad("true for a number", wire.post("/predict", flight(seats=True)), (422,))
    yield Bad("a list for a code", wire.post("/predict", flight(dest=["IAH"])), (422,))
    yield Bad("no number", wire.post("/predict", flight(distance=float("nan"))), (422,))
    yield Bad("half a character", wire.post("/predict", flight(carrier="\ud800")), (400, 422))
    yield Bad("an unknown field", wire.post("/predict", flight(air_time=227)), (422,))
    yield Bad("too many flights", wire.post("/predict", b"[" + b"{}," * 10_000 + b"{}]"), (422,))
    yield Bad("another kind of body", wire.post("/predict", flight(), "text/xml"), (415,))
    # A busy machine reads so much slowly, and the time limits may be short.
    yield Bad("too large", wire.post("/predict", 5 * MEGABYTE), (408, 413))
    yield Bad("no table", wire.post("/invocations", b'{"inputs": 7}'), (422,))
    yield Bad("a broken CSV", wire.post("/invocations", b'"carrier\n"UA', "text/csv"), (400, 422))
    yield Bad("nothing at this address", wire.get("/admin/../../etc/passwd"), (404,))
    yield Bad("another method", wire.head("DELETE", "/predict"), (405,))
    yield Bad("without a token", wire.head("PUT", "/admin/drain"), (401, 403))
    yield Bad("another host", wire.get("/health/live", host="elsewhere.example"), (400,))
    yield Bad(
        "a script for an airport",
        wire.get("/?origin=%3Cscript%3Ealert(1)%3C/script%3E"),
        (404, 422),
    )
    yield Bad(
        "not HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", (400,), outside=True
    )
    yield Bad(
        "an endless header", b"GET / HTTP/1.1\r\nX: " + 200_000 * b"x", (400, 431), outside=True
    )
    yield Bad(
        "broken chunks",
        wire.head("POST", "/predict", transfer_encoding="chunked") + b"zz\r\n\r\n",
        (400,),
        outside=True,
    )
    yield Bad(
        "two lengths",
        wire.head("POST", "/predict", content_length="1, 2") + b"{}",
        (400,),
        outside=True,
    )


BY_FAR = "too large by far"
HALF = "gone in the middle of a request"
UNHEARD = "gone before the answer"
KINDS = [*(bad.name for bad in kinds()), BY_FAR, HALF, UNHEARD]


def clients(trial: Trial) -> list[Coroutine]:
    return [nonsense(trial), nonsense(trial), lie(trial), leave(trial), leave(trial)]


async def nonsense(trial: Trial) -> None:
    """Send each request in turn, at least once; one that met the restart is sent again."""
    everything = list(kinds())
    tried = 0
    while tried < len(everything) or time.monotonic() < trial.until:
        tried += await was_answered(trial, everything[tried % len(everything)])
        await asyncio.sleep(random.uniform(0, 0.2))


async def was_answered(trial: Trial, bad: Bad) -> bool:
    """Send one request; returns False where the application was restarting."""
    began = time.monotonic()
    try:
        answer = await trial.answer(bad.request)
    except (OSError, wire.HungUp) as problem:
        if bad.outside:
            trial.tally.note(bad.name, CUT)
            return True
        await trial.missed(bad.name, began, problem)
        return not trial.application.excuses(began)
    trial.tally.note(bad.name, f"{answer.status}")
    if mistake := what_is_wrong(bad, answer):
        trial.tally.blame(bad.name, mistake)
    return True


def what_is_wrong(bad: Bad, answer: wire.Answer) -> str:
    if answer.status not in bad.statuses:
        return (
            f"got {answer.status} instead of {' or '.join(map(str, bad.statuses))} {answer.detail}"
        )
    if b"<script>alert" in answer.body:
        return "what was sent came back as a script"
    if bad.outside or answer.kind == "text/html":
        return ""
    if answer.kind != wire.PROBLEM:
        return f"was answered with {answer.kind or 'nothing'}, not with a problem document"
    problem = answer.json()
    if problem["status"] == answer.status and problem["detail"]:
        return ""
    return f"the problem document says {problem}"


async def lie(trial: Trial) -> None:
    """Announce a hundred megabytes, and send until the connection is closed."""
    async for began in trial.again_and_again(2):
        try:
            async with wire.connected(trial.port) as (reader, writer):
                answer = asyncio.create_task(wire.receive(reader))
                await pour(writer, answer)
                outcome = f"{(await answer).status}"
        except (OSError, wire.HungUp):
            outcome = CUT
        trial.tally.note(BY_FAR, outcome)
        fine = outcome in ("408", "413", CUT) or trial.application.excuses(began)
        trial.tally.require(fine, BY_FAR, f"got {outcome} instead of 413")


async def pour(writer: asyncio.StreamWriter, answer: asyncio.Task) -> None:
    writer.write(A_LIE)
    for _ in range(100):
        if answer.done() or writer.transport.is_closing():
            return
        writer.write(MEGABYTE)
        with contextlib.suppress(ConnectionError):
            await writer.drain()


async def leave(trial: Trial) -> None:
    """Hang up in the middle of a request, or of its answer."""
    async for _ in trial.again_and_again(0.2):
        body = trial.expected.body(trial.expected.some(100))
        whole = wire.post("/predict", body)
        for kind, part in [(HALF, whole[: -len(body) // 2]), (UNHEARD, whole)]:
            try:
                async with wire.connected(trial.port) as (_, writer):
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0.005)
                    writer.transport.abort()
                trial.tally.note(kind, "left")
            except OSError:
                trial.tally.note(kind, MET_THE_RESTART)
