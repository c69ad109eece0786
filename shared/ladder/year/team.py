"""A team works with the commands of its level's folder, and with nothing else.

It runs in a process of its own with the level's folder as working directory, so that `flighttime`
is that level's package, and the commands are those that a person would type.
"""

import importlib
import os
import sys
from abc import ABC
from abc import abstractmethod
from collections.abc import Callable
from datetime import date
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from ladder.service import Service
from ladder.year.days import FIRST

Report = Callable[[str, str], None]


class Team(ABC):
    """A team's calendar, its reports, and the training day of the model that answers."""

    ports: dict[str, int]

    def __init__(self, assumed: dict, runs: Path, report: Report) -> None:
        self.assumed = assumed
        self.runs = runs
        self.report = report
        self.trained = FIRST
        self.changed: date | None = None
        self.before: Any = None
        self.ports = {}
        self.services: list[Service] = []
        self.due: dict[date, Callable[[date], None]] = {}

    def morning(self, today: date) -> None:
        """Do what is due before the day's first flight."""
        if action := self.due.pop(today, None):
            action(today)

    def later(self, today: date, action: Callable[[date], None]) -> None:
        self.due[today + timedelta(days=self.assumed["lead_days"])] = action

    def released(self, trained: date, today: date, what: str) -> None:
        self.trained, self.changed = trained, today
        self.report("release", what)

    def forget_after_a_week(self, today: date) -> None:
        """Let the replaced model predict for a week after a release, to compare the two."""
        if self.changed and (today - self.changed).days >= 7:
            self.before = None

    def close(self) -> None:
        """Stop every server that was started."""
        for service in self.services:
            service.stop()

    @abstractmethod
    def build(self, today: date) -> None:
        """Train the first model and put it into production."""

    @abstractmethod
    def open(self) -> None:
        """Load what predicts, after the build."""

    def sample(self, day: date) -> pd.DataFrame:
        """The first model's predictions for a day before the replay; none of them is recorded."""
        return self.predict(day)

    @abstractmethod
    def predict(self, today: date) -> pd.DataFrame:
        """The day's flights with their minutes, and those of the replaced model if there is one."""


class Scored(Team):
    """A level with a package: its own code scores its own timetable with its own model."""

    def open(self) -> None:
        sys.path.insert(0, os.getcwd())
        self.ingest = importlib.import_module("flighttime.ingest")
        self.serving = importlib.import_module("flighttime.serving")
        self.score = importlib.import_module("flighttime.score")

    def predict(self, today: date) -> pd.DataFrame:
        flights = self.ingest.timetable(today)
        scored = self.answers(flights)
        if self.before is not None:
            # To compare: the answers of the replaced model for the same flights.
            scored = scored.assign(before=self.score.score(flights, self.before)["minutes"])
        return scored[[column for column in ("flight_id", "minutes", "before") if column in scored]]

    def answers(self, flights: pd.DataFrame) -> pd.DataFrame:
        return self.score.score(flights, self.serving.current().champion)
