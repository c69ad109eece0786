"""Restart the application: accepted requests are still answered, then it is back."""

import asyncio
import time

from ladder.soak import good
from ladder.soak import wire
from ladder.soak.trial import Trial

HALF_SENT = "half sent when the restart came"
ACCEPTED = 5
# Long enough that the half request has been read, on a busy machine too.
SECONDS_BEFORE = 0.5


async def after(seconds: float, trial: Trial) -> str:
    """Stop the application in the middle of requests, and start it again; returns a sentence."""
    await asyncio.sleep(seconds)
    left, trial.until = trial.until - time.monotonic(), float("inf")
    halves = [asyncio.create_task(send_half_before(trial)) for _ in range(ACCEPTED)]
    await asyncio.sleep(SECONDS_BEFORE)
    try:
        seconds = await trial.application.end()
    except TimeoutError:
        trial.tally.blame("the restart", "the application did not stop when it was asked to")
        trial.application.close()
        seconds = float("nan")
    await asyncio.gather(*halves)
    began = time.monotonic()
    await trial.application.start()
    # A long restart does not shorten the time of the other clients.
    trial.until = time.monotonic() + left
    return f"it ended within {seconds:.1f} s, and was back {time.monotonic() - began:.1f} s later"


async def send_half_before(trial: Trial) -> None:
    chosen = trial.expected.some(100)
    request = wire.post("/predict", trial.expected.body(chosen))
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
