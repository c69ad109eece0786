"""What all clients share: the application, the expected answers, and the tally."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from ladder.soak import wire
from ladder.soak.application import Application
from ladder.soak.expected import Expected
from ladder.soak.tally import MET_THE_RESTART
from ladder.soak.tally import Tally

LONGEST = 60
PAUSE_WITHOUT_ANSWER = 0.3


@dataclass
class Trial:
    """One load test.

    `patience` and `to_take` are the seconds after which the application hangs up on a client that
    does not go on sending, and on one that does not take its answer.
    """

    application: Application
    expected: Expected
    tally: Tally
    until: float
    patience: float
    to_take: float

    @property
    def port(self) -> int:
        return self.application.port

    async def again_and_again(self, pause: float) -> AsyncIterator[float]:
        """Yield the time at intervals of `pause` seconds on average, until the end."""
        while (now := time.monotonic()) < self.until:
            yield now
            await asyncio.sleep(random.uniform(0, 2 * pause))

    async def exchange(self, kind: str, request: bytes) -> wire.Answer | None:
        """The answer; None where it did not come, which is a finding outside a restart."""
        began = time.monotonic()
        try:
            answer = await self.answer(request)
        except (OSError, wire.HungUp) as problem:
            await self.missed(kind, began, problem)
            return None
        self.tally.note(kind, f"{answer.status}", seconds=time.monotonic() - began)
        return answer

    async def answer(self, request: bytes) -> wire.Answer:
        """The answer to a request; raises OSError or HungUp where none comes in time."""
        return await asyncio.wait_for(wire.exchange(self.port, request), LONGEST)

    async def missed(self, kind: str, began: float, problem: Exception) -> None:
        """Record an answer that did not come: a finding, unless the application was restarting."""
        if self.application.excuses(began):
            self.tally.note(kind, MET_THE_RESTART)
        else:
            self.tally.note(kind, "no answer")
            self.tally.blame(kind, f"no answer ({problem or type(problem).__name__})")
        await asyncio.sleep(PAUSE_WITHOUT_ANSWER)
