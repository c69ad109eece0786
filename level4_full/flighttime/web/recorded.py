"""What becomes of answers that cannot be written down, and whether that is so now: `when_lost` in flighttime.toml says."""

import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from functools import partial

from prometheus_client import Counter
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from flighttime import observe
from flighttime import series
from flighttime import settings
from flighttime import store
from flighttime import steps
from flighttime.errors import Refused

UNRECORDED = Counter("flighttime_unrecorded", "Answers that were given and not written down")
CHOICES = ["refuse", "answer"]
# What is lost is not tried anew by every request: each might wait for it.
SECONDS_BETWEEN_TRIES = 1


class Record:
    """The record of answers, as this process last found it: why it is `lost`, if it is."""

    def __init__(self) -> None:
        self.lost, self.tried, self.place = "", -float("inf"), ""
        self.one_at_a_time = threading.Lock()

    def keep(self, answers: Sequence[Sequence]) -> None:
        """Write answers down; raises Refused if that fails and none is to be given then."""
        lost = self.lost
        if not lost:
            self.write(answers)
        elif not self.tried_alone(partial(self.write, answers)):
            self.go_without(len(answers), lost)

    def write(self, answers: Sequence[Sequence]) -> None:
        try:
            observe.record(answers)
        except store.Unfit as problem:
            # Its own fault: the record is not lost by it, and nobody else pays for it.
            steps.warning(str(problem))
            self.go_without(len(answers), str(problem))
        except Refused as problem:
            self.found(str(problem))
            self.go_without(len(answers), str(problem))
        else:
            self.found("")

    def tried_alone(self, attempt: Callable[[], None]) -> bool:
        """Whether it was this one's turn to find out if it is still lost: a try may wait for a silent server, nobody for a try."""
        if not self.one_at_a_time.acquire(blocking=False):
            return False
        try:
            if self.fresh():
                return False
            attempt()
            return True
        finally:
            self.one_at_a_time.release()

    def found(self, lost: str) -> None:
        if lost and not self.lost:
            steps.warning(lost)
        self.lost, self.tried, self.place = lost, time.monotonic(), store.address()

    def fresh(self) -> bool:
        return self.place == store.address() and time.monotonic() - self.tried < SECONDS_BETWEEN_TRIES

    def go_without(self, answers: int, why: str) -> None:
        if not may_go_without():
            raise Refused(why)
        UNRECORDED.inc(answers)

    def look(self) -> str:
        """Why it is lost now, or nothing: the last word of a request or, where that is of long ago, of a trial."""
        if self.lost:
            self.tried_alone(self.touch)
        elif not self.fresh():
            self.touch()
        return self.lost

    def touch(self) -> None:
        try:
            store.touch()
        except Refused as problem:
            self.found(str(problem))
        else:
            self.found("")

    def state(self) -> dict[str, str]:
        """What readiness has to say about it; raises Refused while no answer is given for its sake."""
        if self.look() and not may_go_without():
            raise Refused(self.lost)
        return {"unrecorded": self.lost} if self.lost else {}


def may_go_without() -> bool:
    """Whether an answer that cannot be written down is given."""
    chosen = settings.tuned("observe")["when_lost"]
    if chosen not in CHOICES:
        raise Refused(f"when_lost is {chosen!r} in flighttime.toml, under [observe]: write {' or '.join(CHOICES)}")
    return chosen == "answer"


class Lost(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        told = "1 while answers cannot be written down, as the process that was asked for this finds it"
        yield GaugeMetricFamily("flighttime_record_lost", told, value=float(bool(RECORD.look())))


RECORD = Record()
series.REGISTRY.register(Lost())
