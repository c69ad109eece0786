"""Stores the answers of the application, and decides what happens while the store is lost."""

import threading
import time
from collections.abc import Callable
from collections.abc import Sequence
from functools import cache
from functools import partial

from prometheus_client import Counter
from prometheus_client import Gauge

from groundcrew import commands
from groundcrew.errors import UserError
from groundcrew.predictions import address
from groundcrew.predictions import database
from groundcrew.predictions import prediction_log
from groundcrew.predictions import quota
from groundcrew.predictions.failed_requests import FailureCounter

CHOICES = ["refuse", "answer"]
# Not every request tries a lost store again: each might wait for a silent server.
SECONDS_BETWEEN_TRIES = 1


@cache
def unrecorded() -> Counter:
    """The metric of answers given without being stored; registered once a process."""
    return Counter("flighttime_unrecorded", "Answers that were given without being stored")


@cache
def record_lost() -> Gauge:
    """The metric that is 1 while the store is lost; of several processes, the last decides."""
    text = "1 while answers cannot be stored, as the process that tried last found"
    return Gauge("flighttime_record_lost", text, multiprocess_mode="mostrecent")


class Recorder:
    """Stores answers before they are given; `lost` says why the store cannot be used, or is empty.

    With `when_lost` "refuse" no answer is given while it cannot be stored; with "answer" it is
    given and counted.
    """

    def __init__(self, when_lost: str) -> None:
        if when_lost not in CHOICES:
            choices = " or ".join(CHOICES)
            raise UserError(f"when_lost is {when_lost!r} in flighttime.toml: write {choices}")
        self.when_lost = when_lost
        self.lost, self._tried, self._address = "", -float("inf"), ""
        self._lock = threading.Lock()
        self.failures = FailureCounter()
        self.on_failure = self.failures.add
        unrecorded()
        record_lost().set(0)
        # A single process finds out when it is asked; with several, `set` writes to a shared file.
        record_lost().set_function(lambda: bool(self.check()))

    @property
    def local(self) -> bool:
        """Whether storing takes microseconds; otherwise it may wait for a server."""
        return address.is_local()

    def __call__(self, answers: Sequence[tuple]) -> None:
        """Store answers; raises UserError if that fails and they must not be given then."""
        if reason := self._try(partial(prediction_log.log, answers)):
            if self.when_lost == "refuse":
                raise UserError(reason)
            unrecorded().inc(len(answers))

    def state(self) -> dict[str, str]:
        """What readiness reports; raises UserError while answers are refused."""
        lost = self.check()
        if lost and self.when_lost == "refuse":
            raise UserError(lost)
        return {"unrecorded": lost} if lost else {}

    def check(self) -> str:
        """Why the store is lost now, or nothing; tries it unless that was done a moment ago."""
        if not self._is_fresh():
            self._try(quota.probe)
        return self.lost

    def _try(self, attempt: Callable[[], None]) -> str:
        """Why the attempt failed, or nothing.

        While the store is lost, one thread tries it; the others get the last result at once.
        """
        if not (lost := self.lost):
            return self._attempt(attempt)
        if not self._lock.acquire(blocking=False):
            return lost
        try:
            return lost if self._is_fresh() else self._attempt(attempt)
        finally:
            self._lock.release()

    def _attempt(self, attempt: Callable[[], None]) -> str:
        lost = ""
        try:
            attempt()
        except UserError as problem:
            lost = str(problem)
            if not self.lost:
                commands.warning(lost)
            if isinstance(problem, database.InvalidValue):
                # This request's own fault: the store is not lost for the others.
                return lost
        if bool(lost) != bool(self.lost):
            record_lost().set(bool(lost))
        self.lost, self._tried, self._address = lost, time.monotonic(), address.address()
        return lost

    def _is_fresh(self) -> bool:
        recent = time.monotonic() - self._tried < SECONDS_BETWEEN_TRIES
        return recent and self._address == address.address()
