"""Minutes, days and links in the words of the pages, as template filters."""

from datetime import date
from urllib.parse import urlencode


def span(minutes: float) -> str:
    """5 h 08 min, or 48 min."""
    hours, rest = divmod(round(minutes), 60)
    return f"{hours} h {rest:02} min" if hours else f"{rest} min"


def short(minutes: float) -> str:
    """5 h 08, where the unit is clear."""
    return span(minutes).removesuffix(" min") if minutes >= 60 else span(minutes)


def iso_day(text: str) -> date:
    return date.fromisoformat(text)


def day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def weekday(day: date) -> str:
    return f"{day:%A}"


def brief_day(day: date) -> str:
    return f"{day.day} {day:%b}"


def minutes(count: float) -> str:
    return f"{round(count)} minute{'' if round(count) == 1 else 's'}"


def city(zone: str) -> str:
    """The city that a time zone is named after."""
    return zone.rpartition("/")[2].replace("_", " ")


def address(values: dict[str, str], **changed: str) -> str:
    """The address of the page for these form values, some of them changed."""
    return "/?" + urlencode({**values, **changed}, errors="replace")


FILTERS = {
    "span": span,
    "short": short,
    "iso_day": iso_day,
    "day": day,
    "weekday": weekday,
    "brief_day": brief_day,
    "minutes": minutes,
    "city": city,
    "address": address,
}
