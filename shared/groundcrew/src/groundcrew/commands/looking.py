"""Where a command looked, and which day it took for today: for messages that nothing was found."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from enum import Enum
from typing import Any
from typing import Protocol

from groundcrew import settings
from groundcrew.errors import NotFound


class Options(Protocol):
    """The options of a command line, and whether each was given or is a default."""

    params: dict[str, Any]

    def get_parameter_source(self, name: str) -> Enum | None: ...


def looked(today: date | None = None) -> str:
    """Return the state folder and the day; `today` is the day of the command line, if any."""
    day = f"{today}" if today else f"{settings.today()}{_unless_set('FLIGHTTIME_TODAY')}"
    return f"looked in {settings.runs()}{_unless_set('FLIGHTTIME_RUNS')}, as of {day}"


@contextmanager
def explained(options: Options) -> Iterator[None]:
    """Add where the block looked to a message that nothing was found."""
    source = options.get_parameter_source("today")
    is_given = source is not None and source.name == "COMMANDLINE"
    today = options.params["today"] if is_given else None
    try:
        yield
    except NotFound as problem:
        raise NotFound(f"{problem}; {looked(today)}") from problem


def _unless_set(variable: str) -> str:
    return "" if os.environ.get(variable) else f" ({variable} is not set)"
