"""Failed requests for a prediction, counted by day: a week of production has its failures."""

import contextlib
import threading
from collections import Counter
from datetime import date

import sqlalchemy as sql

from groundcrew import settings
from groundcrew.errors import UserError
from groundcrew.predictions import database
from groundcrew.predictions.prediction_days import id_range

ROUTES = {"/predict", "/invocations"}
SECONDS_BETWEEN_WRITES = 1.0
COLUMNS = ("day", "route", "status")
ADD = """
INSERT INTO failures (day, route, status, number) VALUES (:day, :route, :status, :number)
ON CONFLICT (day, route, status) DO UPDATE SET number = failures.number + excluded.number
"""
COUNT = """
SELECT coalesce(sum(number), 0) FROM failures WHERE day >= :first AND day < :beyond
"""


def failures(first: date, last: date) -> int:
    """How many requests for a prediction failed on these days."""
    with database.transaction() as connection:
        return int(connection.scalar(sql.text(COUNT), id_range(first, last)))


class FailureCounter:
    """Counts failed requests in memory and writes the counts in the background."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, path: str, status: int) -> None:
        """Count a request for a prediction that was answered with a server error."""
        if status < 500 or path not in ROUTES:
            return
        with contextlib.suppress(UserError):
            self._add(Counter({(f"{settings.today()}", path, f"{status}"): 1}))

    def _add(self, counts: Counter) -> None:
        with self._lock:
            first = not self._counts
            self._counts.update(counts)
        if first:
            timer = threading.Timer(SECONDS_BETWEEN_WRITES, self.write)
            timer.daemon = True
            timer.start()

    def write(self) -> None:
        """Write the counts; while the store is lost, keep them: it is often why requests fail."""
        with self._lock:
            counts = self._counts.copy()
            self._counts.clear()
        if not counts:
            return
        rows = [
            dict(zip(COLUMNS, key, strict=True), number=number) for key, number in counts.items()
        ]
        try:
            with database.transaction() as connection:
                connection.execute(sql.text(ADD), rows)
        except UserError:
            self._add(counts)
