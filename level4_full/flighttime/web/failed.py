"""Requests for a prediction that we failed are counted by their day, for whoever measures production."""

import contextlib
import threading
from collections import Counter

import sqlalchemy as sql

from flighttime import settings
from flighttime import store
from flighttime.errors import Refused

ROUTES = {"/predict", "/invocations"}
SECONDS = 1.0  # between two looks whether they can be written down; nobody waits for that
ADD = """
INSERT INTO failures (day, route, status, number) VALUES (:day, :route, :status, :number)
ON CONFLICT (day, route, status) DO UPDATE SET number = failures.number + excluded.number
"""
ONE_AT_A_TIME = threading.Lock()
WAITING: Counter[tuple[str, str, str]] = Counter()


def note(path: str, status: int) -> None:
    if status < 500 or path not in ROUTES:
        return
    with contextlib.suppress(Refused):
        add(Counter({(f"{settings.today()}", path, f"{status}"): 1}))


def add(counts: Counter) -> None:
    with ONE_AT_A_TIME:
        first = not WAITING
        WAITING.update(counts)
    if first:
        timer = threading.Timer(SECONDS, write)
        timer.daemon = True
        timer.start()


def write() -> None:
    """What cannot be written yet, because the store is lost, waits; that is often why there is a failure at all."""
    with ONE_AT_A_TIME:
        counts = WAITING.copy()
        WAITING.clear()
    if not counts:
        return
    rows = [dict(zip(("day", "route", "status"), key, strict=True), number=number) for key, number in counts.items()]
    try:
        with store.transaction() as connection:
            connection.execute(sql.text(ADD), rows)
    except Refused:
        add(counts)
