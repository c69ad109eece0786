"""What a visitor asked for, and what is wrong with it: each mistake with what would do instead."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flighttime.web import arrival
from flighttime.web.known import Known

FIELDS = ["origin", "dest", "carrier", "date", "time"]
LONGEST = 40
A_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
A_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(:[0-5]\d)?", re.ASCII)

STATUS = {
    "twice": 400,
    "missing": 422,
    "no day": 422,
    "past": 422,
    "far": 422,
    "no time": 422,
    "skipped": 422,
    "unknown origin": 404,
    "unknown dest": 404,
    "unserved": 404,
    "unknown carrier": 404,
    "another carrier": 404,
}


@dataclass(frozen=True)
class Mistake:
    """`instead` holds the values of the field that would do; `elsewhere` the origins from which it would."""

    kind: str
    field: str
    instead: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True)
class Visit:
    """What was asked, ready to be shown again."""

    values: dict[str, str]
    mistakes: list[Mistake]

    @property
    def status(self) -> int:
        return STATUS[self.mistakes[0].kind] if self.mistakes else 200

    @property
    def wrong(self) -> set[str]:
        return {mistake.field for mistake in self.mistakes}

    @property
    def day(self) -> date:
        return date.fromisoformat(self.values["date"])

    @property
    def minutes(self) -> int:
        """After midnight."""
        return int(self.values["time"][:2]) * 60 + int(self.values["time"][3:5])


def first(known: Known) -> Visit:
    """What the form holds before anybody has asked: the route with the most flights, today."""
    origin = next(iter(known.served))
    dest = next(iter(known.served[origin]))
    carrier = known.served[origin][dest][0]
    return Visit({"origin": origin, "dest": dest, "carrier": carrier, "date": f"{known.today}", "time": "17:30"}, [])


def read(parameters: list[tuple[str, str]], known: Known) -> Visit:
    """The parameters of an address as a visit; what is not a field of the form is left alone."""
    given = defaultdict(list)
    for name, value in parameters:
        given[name].append(value)
    values = {field: shown(field, given[field][0]) if given[field] else "" for field in FIELDS}
    twice = [Mistake("twice", field) for field in FIELDS if len(given[field]) > 1]
    return Visit(values, twice or list(mistakes(values, known)))


def shown(field: str, value: str) -> str:
    """As it is looked up and shown again: codes in capitals, and nothing of any length."""
    value = value.strip()[:LONGEST]
    return value.upper()[:LONGEST] if field in ("origin", "dest", "carrier") else value


def mistakes(values: dict[str, str], known: Known) -> Iterator[Mistake]:
    missing = {field for field in FIELDS if not values[field]}
    yield from (Mistake("missing", field) for field in FIELDS if field in missing)
    if not missing & {"origin", "dest"}:
        yield from mistakes_of_route(values["origin"], values["dest"], values["carrier"], known)
    if "date" not in missing:
        yield from mistakes_of_day(values["date"], known)
    if "time" not in missing:
        yield from mistakes_of_time(values["date"], values["time"])


def mistakes_of_route(origin: str, dest: str, carrier: str, known: Known) -> Iterator[Mistake]:
    served = known.served
    elsewhere = tuple(sorted(other for other in served if dest in served[other]))
    if origin not in served:
        yield Mistake("unknown origin", "origin", elsewhere or tuple(sorted(served)))
    if not elsewhere:
        yield Mistake("unknown dest", "dest", tuple(sorted(served.get(origin, ()))))
    elif origin in served and dest not in served[origin]:
        yield Mistake("unserved", "dest", tuple(sorted(served[origin])), elsewhere)
    if carrier and carrier not in known.carriers:
        yield Mistake("unknown carrier", "carrier", tuple(served.get(origin, {}).get(dest, sorted(known.carriers))))
    elif carrier and carrier not in served.get(origin, {}).get(dest, known.carriers):
        yield Mistake("another carrier", "carrier", tuple(served[origin][dest]))


def mistakes_of_day(text: str, known: Known) -> Iterator[Mistake]:
    day = as_day(text)
    if day is None:
        yield Mistake("no day", "date", (f"{known.today}",))
    elif day < known.today:
        yield Mistake("past", "date", (f"{known.today}",))
    elif day > known.last_day:
        yield Mistake("far", "date", (f"{known.last_day}",))


def mistakes_of_time(day: str, text: str) -> Iterator[Mistake]:
    clock = A_TIME.fullmatch(text)
    if not clock:
        yield Mistake("no time", "time")
    elif as_day(day) and not arrival.departure(as_day(day), int(clock[1]) * 60 + int(clock[2])):
        yield Mistake("skipped", "time", (f"03:{clock[2]}",))


def as_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if A_DAY.fullmatch(text) else None
    except ValueError:
        return None
