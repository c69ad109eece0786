"""Simulated days: work as of a day of the past."""

import os
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from datetime import timedelta
from typing import TypeVar

from groundcrew.lab.messages import quiet

Result = TypeVar("Result")


@contextmanager
def on(day: date) -> Iterator[None]:
    """Let the block run as of a simulated day, also in programs that it starts."""
    before = os.environ.get("FLIGHTTIME_TODAY")
    os.environ["FLIGHTTIME_TODAY"] = f"{day}"
    try:
        yield
    finally:
        os.environ.pop("FLIGHTTIME_TODAY")
        if before:
            os.environ["FLIGHTTIME_TODAY"] = before


def each_day(work: Callable[[date], Result], first: date, days: int) -> list[Result]:
    """Call `work` on each of so many days, as of that day and quietly; returns its results."""
    results = []
    for day in (first + timedelta(days=number) for number in range(days)):
        with on(day), quiet():
            results.append(work(day))
    return results
