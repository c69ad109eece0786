"""Find the mistakes in the values of the form, each with what would be valid instead."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from groundcrew.web import clocks
from groundcrew.web.recent_flights import RecentFlights

FIELDS = ["origin", "dest", "carrier", "date", "time"]
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(:[0-5]\d)?", re.ASCII)


@dataclass(frozen=True)
class Mistake:
    """`instead` are valid values of the field; `elsewhere` the origins from which it is valid."""

    kind: str
    field: str
    instead: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


def mistakes(values: dict[str, str], recent: RecentFlights) -> Iterator[Mistake]:
    missing = {field for field in FIELDS if not values[field]}
    yield from (Mistake("missing", field) for field in FIELDS if field in missing)
    if not missing & {"origin", "dest"}:
        yield from route_mistakes(values["origin"], values["dest"], values["carrier"], recent)
    if "date" not in missing:
        yield from day_mistakes(values["date"], recent)
    if "time" not in missing:
        yield from time_mistakes(values["date"], values["time"])


def route_mistakes(
    origin: str, dest: str, carrier: str, recent: RecentFlights
) -> Iterator[Mistake]:
    served = recent.served
    elsewhere = tuple(sorted(other for other in served if dest in served[other]))
    if origin not in served:
        yield Mistake("unknown origin", "origin", elsewhere or tuple(sorted(served)))
    if not elsewhere:
        yield Mistake("unknown dest", "dest", tuple(sorted(served.get(origin, ()))))
    elif origin in served and dest not in served[origin]:
        yield Mistake("unserved", "dest", tuple(sorted(served[origin])), elsewhere)
    carriers = served.get(origin, {}).get(dest)
    if carrier and carrier not in recent.carriers:
        yield Mistake("unknown carrier", "carrier", tuple(carriers or sorted(recent.carriers)))
    elif carrier and carriers and carrier not in carriers:
        yield Mistake("another carrier", "carrier", tuple(carriers))


def day_mistakes(text: str, recent: RecentFlights) -> Iterator[Mistake]:
    day = parse_day(text)
    if day is None:
        yield Mistake("no day", "date", (f"{recent.today}",))
    elif day < recent.today:
        yield Mistake("past", "date", (f"{recent.today}",))
    elif day > recent.last_day:
        yield Mistake("far", "date", (f"{recent.last_day}",))


def time_mistakes(day_text: str, text: str) -> Iterator[Mistake]:
    match, day = TIME.fullmatch(text), parse_day(day_text)
    if not match:
        yield Mistake("no time", "time")
    elif day and not clocks.departure(day, int(match[1]) * 60 + int(match[2])):
        yield Mistake("skipped", "time", (f"03:{match[2]}",))


def parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None
