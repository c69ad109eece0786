"""The calendar of the replay: when the models are built, and when the year begins and ends."""

from datetime import date
from datetime import timedelta

from ladder.errors import LadderError

A_DAY = timedelta(days=1)
FIRST = date(2013, 3, 1)
LAST = date(2013, 12, 31)
# Every level scores these days after its first build: the models have not seen them.
SAMPLE_FIRST = FIRST - 7 * A_DAY
SAMPLE_LAST = FIRST - A_DAY


def wanted(text: str) -> date:
    """The day that `--until` names; raises LadderError where the replay has no such day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise LadderError(f"--until {text!r} is not a day: write it like 2013-06-30") from None
    if not FIRST <= day <= LAST:
        raise LadderError(
            f"--until {text} is not in the replayed year: choose a day from {FIRST} to {LAST}"
        )
    return day


def span(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included."""
    return [first + number * A_DAY for number in range((last - first).days + 1)]


def week_of(day: date) -> date:
    """The first day of the week of the replay that contains `day`."""
    return day - (day - FIRST).days % 7 * A_DAY
