"""What all clients of a soak share: whom they ask, what is right, and where they write down what came back."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from ladder.soak import wire
from ladder.soak.application import Application
from ladder.soak.known import Known
from ladder.soak.tally import MET_THE_RESTART
from ladder.soak.tally import Tally

LONGEST = 60
PAUSE_WITHOUT_ANSWER = 0.3


@dataclass
class Trial:
    """`patience`: the seconds after which a client that dawdles is to be given up; `to_take`: who leaves an answer lying."""

    application: Application
    known: Known
    tally: Tally
    until: float
    patience: float
    to_take: float

    @property
    def port(self) -> int:
        return self.application.port

    async def again_and_again(self, pause: float) -> AsyncIterator[float]:
        """The time, until that is over, with pauses of `pause` seconds on average."""
        while (now := time.monotonic()) < self.until:
            yield now
            await asyncio.sleep(random.uniform(0, 2 * pause))

    async def exchange(self, kind: str, request: bytes) -> wire.Answer | None:
        """The answer; None where the application was just being restarted, or should have answered and did not."""
        began = time.monotonic()
        try:
            answer = await asyncio.wait_for(wire.exchange(self.port, request), LONGEST)
        except (OSError, wire.HungUp) as problem:
            await self.missed(kind, began, problem)
            return None
        self.tally.note(kind, f"{answer.status}", seconds=time.monotonic() - began)
        return answer

    async def missed(self, kind: str, began: float, problem: Exception) -> None:
        """An answer that did not come: the application's fault, unless it was being restarted."""
        if self.application.excuses(began):
            self.tally.note(kind, MET_THE_RESTART)
        else:
            self.tally.note(kind, "no answer")
            self.tally.blame(kind, f"no answer ({problem or type(problem).__name__})")
        await asyncio.sleep(PAUSE_WITHOUT_ANSWER)
