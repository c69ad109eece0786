"""The visitor's form: the values of its fields, and the mistakes in them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from groundcrew.web import form_checks
from groundcrew.web.form_checks import FIELDS
from groundcrew.web.form_checks import Mistake
from groundcrew.web.recent_flights import RecentFlights

CODES = ("origin", "dest", "carrier")
MAX_LENGTH = 40
NOT_FOUND = {"unknown origin", "unknown dest", "unserved", "unknown carrier", "another carrier"}


@dataclass(frozen=True)
class Form:
    """The values of the form's fields, as the visitor entered them, and what is wrong with them."""

    values: dict[str, str]
    mistakes: list[Mistake]

    @property
    def status(self) -> int:
        """The HTTP status of a page with this form."""
        if not self.mistakes:
            return 200
        kind = self.mistakes[0].kind
        return 400 if kind == "twice" else 404 if kind in NOT_FOUND else 422

    @property
    def wrong(self) -> set[str]:
        return {mistake.field for mistake in self.mistakes}

    @property
    def day(self) -> date:
        return date.fromisoformat(self.values["date"])

    @property
    def minutes(self) -> int:
        """The departure, minutes after midnight."""
        return int(self.values["time"][:2]) * 60 + int(self.values["time"][3:5])


def default(recent: RecentFlights) -> Form:
    """The form before the visitor's first question: the route with the most flights, today."""
    origin = next(iter(recent.served))
    dest = next(iter(recent.served[origin]))
    carrier = recent.served[origin][dest][0]
    values = {"origin": origin, "dest": dest, "carrier": carrier}
    return Form({**values, "date": f"{recent.today}", "time": "17:30"}, [])


def read(parameters: list[tuple[str, str]], recent: RecentFlights) -> Form:
    """The form in the parameters of an address; other parameters are ignored."""
    given = defaultdict(list)
    for name, value in parameters:
        given[name].append(value)
    values = {field: normalized(field, given[field][0]) if given[field] else "" for field in FIELDS}
    twice = [Mistake("twice", field) for field in FIELDS if len(given[field]) > 1]
    return Form(values, twice or list(form_checks.mistakes(values, recent)))


def normalized(field: str, value: str) -> str:
    """Codes in capitals, and no value longer than MAX_LENGTH."""
    value = value.strip()[:MAX_LENGTH]
    return value.upper()[:MAX_LENGTH] if field in CODES else value
