"""What a level passes to the application: its models, its flights, its record of answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from typing import Protocol

import pandas as pd

from groundcrew.serving import Model
from groundcrew.serving import Serving


class Answer(NamedTuple):
    """One prediction; `features` are in the order of the level's features, None where unknown.

    `role` is champion, challenger or shadow; `milliseconds` is the time of the whole request's
    predictions by the models of that role (champion and challenger count as one).
    """

    prediction_id: str
    flight_id: str | None
    features: tuple
    minutes: float
    model: str
    role: str
    milliseconds: float


class ReadFlights(Protocol):
    """Reads the joined table from a day on, or all of it."""

    def __call__(self, *, since: date | None) -> pd.DataFrame: ...


@dataclass(frozen=True)
class Services:
    """See `groundcrew.web.create_app`; the routes read it from `app.state.services`."""

    serving: Callable[[], Serving]
    features: list[str]
    flights: ReadFlights
    about: Callable[[Serving], dict[str, dict[str, str]]]
    arm: Callable[[Serving, dict], Model] | None = None
    record: Callable[[list[Answer]], None] | None = None

    @property
    def records_locally(self) -> bool:
        """Whether recording an answer needs no network, so that it may block the event loop."""
        return self.record is None or getattr(self.record, "local", False)

    def record_state(self) -> dict[str, str]:
        """What the record adds to readiness; raises UserError while answers are refused."""
        state = getattr(self.record, "state", None)
        return state() if state else {}
