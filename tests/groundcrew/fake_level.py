"""A level for the tests of the web application: few routes, and a model that is easy to check."""

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date

import pandas as pd
from fastapi import FastAPI
from fastapi.testclient import TestClient

from groundcrew import web
from groundcrew.errors import UserError
from groundcrew.serving import Serving

CATEGORIES = ["carrier", "origin", "dest"]
NUMBERS = ["distance", "sched_dep_min", "sched_block", "seats"]
FEATURES = CATEGORIES + NUMBERS
FLIGHT = {
    "carrier": "UA",
    "origin": "EWR",
    "dest": "IAH",
    "distance": 1400,
    "sched_dep_min": 317,
    "sched_block": 244,
    "seats": 149,
}
NO_MODEL = "no model is in production: <put> one into it"
ABOUT = {
    "In short": {"Version": "<seven>", "In production since": "yesterday"},
    "More": {"Run": "https://example.org/run?a=1&b=2", "Note": "javascript:alert(1)"},
}


@dataclass
class FakeModel:
    """Predicts 480 miles an hour, and `late` minutes more."""

    version: str = "seven"
    late: float = 0.0
    quick: bool = True
    run: str = ""
    card: str = ""
    known: dict[str, frozenset[str]] = field(default_factory=dict)

    def predict(self, frame: pd.DataFrame) -> list[float]:
        assert list(frame.columns) == FEATURES
        return (frame["distance"] / 8 + self.late).tolist()

    def predict_rows(self, rows: Sequence[Sequence]) -> list[float]:
        return self.predict(pd.DataFrame(rows, columns=FEATURES))


class BrokenModel(FakeModel):
    def predict_rows(self, rows: Sequence[Sequence]) -> list[float]:
        raise ValueError("it is broken")


@dataclass
class FakeRecord:
    """Keeps the answers; refuses them while `error` is set."""

    local: bool = True
    error: str = ""
    answers: list[web.Answer] = field(default_factory=list)
    failures: list[tuple[str, int]] = field(default_factory=list)

    def __call__(self, answers: list[web.Answer]) -> None:
        if self.error:
            raise UserError(self.error)
        self.answers += answers

    def state(self) -> dict[str, str]:
        return {"unrecorded": "a few"}

    def on_failure(self, path: str, status: int) -> None:
        self.failures.append((path, status))


def month(
    origin: str, dest: str, carrier: str, distance: float, per_day: int, every: int = 1
) -> pd.DataFrame:
    """Flights of February that took 480 miles an hour, give or take 10 minutes, in turn."""
    days = pd.date_range("2013-02-01", "2013-02-28")[::every].repeat(per_day)
    late = pd.Series([(number % 5 - 2) * 5.0 for number in range(len(days))])
    return pd.DataFrame({"date": days, "air_time": late + distance / 8}).assign(
        origin=origin,
        dest=dest,
        carrier=carrier,
        distance=float(distance),
        published=days + pd.Timedelta(days=1),
        sched_dep_min=600.0,
        seats=150.0,
        sched_block=distance / 8 + 45,
    )


FLIGHTS = pd.concat(
    [
        month("JFK", "LAX", "B6", 2400, 3),
        month("JFK", "LAX", "UA", 2400, 1),
        month("JFK", "SFO", "UA", 2560, 2),
        month("JFK", "SJU", "B6", 1600, 2),
        month("JFK", "JAC", "UA", 1840, 1, every=7).assign(air_time=float("nan")),
        month("EWR", "IAH", "UA", 1400, 4),
        month("EWR", "SFO", "UA", 2560, 1, every=14),
    ],
    ignore_index=True,
)


@dataclass
class Level:
    """Everything that a level passes to the application; tests change it while it answers."""

    models: Serving | None = field(default_factory=lambda: Serving(FakeModel()))
    table: pd.DataFrame = field(default_factory=lambda: FLIGHTS)
    arm: Callable | None = None
    record: FakeRecord | None = None
    pages: list = field(default_factory=list)

    def serving(self) -> Serving:
        if self.models is None:
            raise UserError(NO_MODEL)
        return self.models

    def flights(self, since: date | None) -> pd.DataFrame:
        return self.table[self.table["date"] >= pd.Timestamp(since or date.min)]

    def app(self) -> FastAPI:
        return web.create_app(
            self.serving,
            FEATURES,
            self.flights,
            lambda serving: ABOUT,
            arm=self.arm,
            record=self.record,
            pages=self.pages,
        )

    def client(self) -> TestClient:
        return TestClient(self.app(), raise_server_exceptions=False)
