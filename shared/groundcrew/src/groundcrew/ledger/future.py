"""Decisions with a day of the future: a clock was wrong. They are named, and do not count.

They would block what waits for days to pass, such as a retraining, until their day has come.
"""

from datetime import date
from datetime import timedelta
from functools import cache

from groundcrew import commands
from groundcrew.ledger import storage

# Midnight has passed on a machine in another zone.
TOLERANCE = timedelta(days=1)


def entries_until(today: date) -> list[dict]:
    """All decisions, the oldest first, without those of the future, which a warning names once."""
    found = storage.entries()
    if future := [entry for entry in found if _is_future(entry, today)]:
        _warn_once(f"{storage.path()}: {_named(future)} lie after {today} and do not count")
    return until(today, found)


def warn_of_later(today: date) -> None:
    """Print a warning, once, if decisions are of a later day than one that is made now."""
    if future := [entry for entry in storage.entries() if _is_future(entry, today)]:
        _warn_once(f"{storage.path()}: {_named(future)} lie after {today}, as of which you decide")


def until(today: date, entries: list[dict]) -> list[dict]:
    """The entries without those of the future."""
    return [entry for entry in entries if not _is_future(entry, today)]


def _named(entries: list[dict]) -> str:
    days = ", ".join(f"{entry['decision']!r} of {entry['day']}" for entry in entries[:3])
    return days + (f" and {len(entries) - 3} more" if len(entries) > 3 else "")


def _is_future(entry: dict, today: date) -> bool:
    return date.fromisoformat(entry["day"]) - today > TOLERANCE


@cache
def _warn_once(message: str) -> None:
    commands.warning(f"{message}: see that the clock (or FLIGHTTIME_TODAY) is right")
