"""Which answers count for production: those given before departure, with true inputs.

Anyone may ask for any flight, at any time and with any inputs. What is asked after the departure,
or with other inputs than the timetable's, is stored and counted, and left out of every measure.
"""

from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import datetime
from datetime import time
from datetime import timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sql

from groundcrew import commands
from groundcrew import settings
from groundcrew.predictions import database
from groundcrew.predictions.address import project
from groundcrew.predictions.prediction_days import id_range

DEPARTURE = "sched_dep_min"  # minutes after midnight, by the clock of CITY
CITY = "America/New_York"
A_DAY = 24 * 60  # minutes

# Answers from before this was recorded have no value here.
EARLY = "({answer}.minutes_before IS NULL OR {answer}.minutes_before >= 0)"
SAME = "({answer}.{name} = {known}.{name} OR {answer}.{name} IS NULL AND {known}.{name} IS NULL)"
# An awaited flight is in no published timetable yet: it has no landing either.
AGREES = "({known}.flight_id IS NULL OR {same})"
REASONS = {
    "late": "given after departure",
    "other_inputs": "with other inputs than the timetable's",
}
LEFT_OUT = """
SELECT count(*) AS answers, sum(CASE WHEN {early} THEN 0 ELSE 1 END) AS late,
sum(CASE WHEN {early} THEN CASE WHEN {agrees} THEN 0 ELSE 1 END ELSE 0 END) AS other_inputs
FROM predictions AS given LEFT JOIN timetable ON timetable.flight_id = given.flight_id
WHERE given.flight_id >= :first AND given.flight_id < :beyond AND given.role <> 'shadow'
"""


@dataclass(frozen=True)
class LeftOut:
    """How many of the answers to the flights of some days do not count, by reason."""

    answers: int = 0  # those that count, too
    reasons: dict[str, int] = field(default_factory=dict)

    def problem(self, limit: float) -> str:
        """How many are left out, and mostly why; empty if their share is `limit` or less."""
        number = sum(self.reasons.values())
        if number <= limit * self.answers:
            return ""
        cause = REASONS[max(self.reasons, key=lambda reason: self.reasons[reason])]
        return f"{number:,} of {self.answers:,} answers do not count, mostly {cause}: see what asks"


def now() -> float:
    """The current minute in the clock of CITY, since day 1; a simulated day has just begun.

    A day that is one off is not simulated: midnight has passed here or there.
    """
    clock, today = datetime.now(ZoneInfo(CITY)).replace(tzinfo=None), settings.today()
    simulated = abs((clock.date() - today).days) > 1
    at = datetime.combine(today, time.min) if simulated else clock
    return at.toordinal() * A_DAY + at.hour * 60 + at.minute + at.second / 60


def minutes_before(at: float, flight_id: str | None, features: tuple) -> float | None:
    """How long before its scheduled departure a flight is answered; None if its id has no day."""
    departure = features[project().features.index(DEPARTURE)]
    try:
        day = date.fromisoformat(f"{flight_id}"[:10]).toordinal()
    except ValueError:
        return None
    return None if departure is None else day * A_DAY + departure - at


def early(answer: str) -> str:
    """The condition that an answer was given before departure."""
    return EARLY.format(answer=answer)


def agrees(answer: str, known: str = "timetable") -> str:
    """The condition that an answer's inputs are those of the timetable."""
    names = project().features
    same = " AND ".join(SAME.format(answer=answer, known=known, name=name) for name in names)
    return AGREES.format(known=known, same=f"({same})")


def counts(answer: str) -> str:
    """The condition that an answer counts; the query joins `timetable`."""
    return f"{early(answer)} AND {agrees(answer)}"


def left_out(first: date, last: date) -> LeftOut:
    """How many answers to flights of these days do not count; without reasons if all do."""
    query = sql.text(LEFT_OUT.format(early=early("given"), agrees=agrees("given")))
    with database.transaction() as connection:
        answers, *numbers = connection.execute(query, id_range(first, last)).one()
    reasons = zip(REASONS, numbers, strict=True)
    return LeftOut(answers, {reason: int(number) for reason, number in reasons if number})


def report(first: str, days: int = 7) -> dict[str, int]:
    """Say how many answers of a week do not count; returns the numbers by reason."""
    begin = date.fromisoformat(first)
    found = left_out(begin, begin + timedelta(days=days - 1)).reasons
    if found:
        parts = " and ".join(
            f"{number:,} answers {REASONS[name]}" for name, number in found.items()
        )
        commands.notice(f"week of {first}: left out are {parts}")
    return found
