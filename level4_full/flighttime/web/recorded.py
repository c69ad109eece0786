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
        if why := self.failed(partial(observe.record, answers)):
            if not may_go_without():
                raise Refused(why)
            UNRECORDED.inc(len(answers))

    def failed(self, attempt: Callable[[], None]) -> str:
        """Why it does, or nothing. It may wait for a silent server: while that is lost, one does, and nobody for that one."""
        if not (lost := self.lost):
            return self.found(attempt)
        if not self.one_at_a_time.acquire(blocking=False):
            return lost
        try:
            return lost if self.fresh() else self.found(attempt)
        finally:
            self.one_at_a_time.release()

    def found(self, attempt: Callable[[], None]) -> str:
        lost = ""
        try:
            attempt()
        except Refused as problem:
            lost = str(problem)
            if not self.lost:
                steps.warning(lost)
            if isinstance(problem, store.Unfit):
                # Its own fault: the record is not lost by it, and nobody else pays for it.
                return lost
        self.lost, self.tried, self.place = lost, time.monotonic(), store.address()
        return lost

    def fresh(self) -> bool:
        return self.place == store.address() and time.monotonic() - self.tried < SECONDS_BETWEEN_TRIES

    def look(self) -> str:
        """Why it is lost now, or nothing: the last word of a request or, where that is of long ago, of a trial."""
        if not self.fresh():
            self.failed(store.touch)
        return self.lost

    def state(self) -> dict[str, str]:
        """What readiness has to say about it; raises Refused while no answer is given for its sake."""
        if (lost := self.look()) and not may_go_without():
            raise Refused(lost)
        return {"unrecorded": lost} if lost else {}


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
