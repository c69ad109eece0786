"""Options that several commands have, each with its range."""

from datetime import date
from typing import Annotated

import typer

from groundcrew import days
from groundcrew import settings
from groundcrew.errors import UserError

MAX_COUNT = 1000


def _day(value: str | date) -> date:
    if isinstance(value, date):  # Typer also passes the default through its parser
        return value
    try:
        return days.parse(value)
    except ValueError as problem:
        raise typer.BadParameter(f"{value!r} is {problem}") from None


# Written `today: commands.Today`; the default is settings.today().
Today = Annotated[
    date,
    typer.Option(
        parser=_day,
        metavar="DAY",
        default_factory=lambda: settings.today(),
        show_default=False,
        help="act as on this day, such as 2013-03-01 (default: the current day)",
    ),
]
# Written `since: commands.Day = None` and `count: commands.Count = 4`; without "=" it is required.
RequiredDay = Annotated[date, typer.Option(parser=_day, metavar="DAY")]
Day = Annotated[date | None, typer.Option(parser=_day, metavar="DAY")]
Count = Annotated[int, typer.Option(min=1, max=MAX_COUNT)]


def only_one(**options: object) -> None:
    """Raise UserError if more than one of these is given; `file` is an argument, not an option."""
    given = ["a file" if name == "file" else f"--{name}" for name in options if options[name]]
    if len(given) > 1:
        raise UserError(f"{' and '.join(given)} exclude each other: give only one of them")
