"""A restart in the middle: what had been accepted is still answered, and then the application is back."""

import asyncio
import time

from ladder.soak import good
from ladder.soak import wire
from ladder.soak.trial import Trial

HALF_SENT = "half sent when the restart came"
ACCEPTED = 5
# Long enough that the half has been read, on a busy machine too.
SECONDS_BEFORE = 0.5


async def after(seconds: float, trial: Trial) -> str:
    """Ask the application to end in the middle of requests, and start it again; returns how that went."""
    await asyncio.sleep(seconds)
    left, trial.until = trial.until - time.monotonic(), float("inf")
    halves = [asyncio.create_task(send_half_before(trial)) for _ in range(ACCEPTED)]
    await asyncio.sleep(SECONDS_BEFORE)
    try:
        seconds = await trial.application.end()
    except TimeoutError:
        trial.tally.blame("the restart", "the application did not end when it was told to")
        trial.application.close()
        seconds = float("nan")
    await asyncio.gather(*halves)
    began = time.monotonic()
    await trial.application.start()
    # A restart that takes long is no reason to ask less.
    trial.until = time.monotonic() + left
    return f"it ended within {seconds:.1f} s, and was back {time.monotonic() - began:.1f} s later"


async def send_half_before(trial: Trial) -> None:
    chosen = trial.known.some(100)
    request = wire.post("/predict", trial.known.body(chosen))
    try:
        async with wire.connected(trial.port) as (reader, writer):
            writer.write(request[: len(request) // 2])
            await trial.application.ending.wait()
            await asyncio.sleep(trial.patience / 20)
            answer = await wire.say(reader, writer, request[len(request) // 2 :])
    except (OSError, wire.HungUp) as problem:
        trial.tally.note(HALF_SENT, "no answer")
        trial.tally.blame(HALF_SENT, f"no answer ({problem})")
        return
    trial.tally.note(HALF_SENT, f"{answer.status}")
    good.check(trial, HALF_SENT, chosen, answer)
