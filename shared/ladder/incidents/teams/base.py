"""What the teams of all levels share: the calendar, and starting the level's application."""

import abc
import os
import time
from collections.abc import Callable
from datetime import date
from multiprocessing.process import BaseProcess
from pathlib import Path

import pandas as pd

from ladder import ports
from ladder import service
from ladder.incidents import processes
from ladder.incidents.play import Play

MAX_SECONDS = 60  # for an application to start


class Team(abc.ABC):
    """The people of one level; each level says how it makes a model and brings it to users."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.hooks = play.incident.hooks
        self.started: dict[str, BaseProcess] = {}
        self.address = ""

    def begin(self, today: date) -> None:
        os.environ["FLIGHTTIME_TODAY"] = f"{today}"
        # The applications run on while the days pass: they read the day from this file.
        (self.play.folder / "today").write_text(f"{today}", encoding="utf-8")

    def start(self, name: str) -> str:
        """Start the level's application in one of its environments; returns the address."""
        port = ports.somewhere()
        environment = {
            **os.environ,
            "FLIGHTTIME_ENVIRONMENT": name,
            "FLIGHTTIME_TODAY": f"@{self.play.folder / 'today'}",
        }
        # Not into a file: where the disk is full, that would be a second problem.
        log = Path(os.devnull) if name == "production" else self.play.folder / "log"
        process = processes.start(processes.application, self.play.repo, environment, port, log)
        self.started[name] = process
        address = f"http://{ports.LOOPBACK}:{port}"
        if not until(lambda: service.answers(f"{address}/health/live"), process):
            self.play.say("command", f"python -m flighttime.app in {name}", code=1, output="ended")
        return address

    def morning(self, today: date) -> None:
        level = self.play.assumed[f"level{self.play.level}"]
        months = level.get("train_months", level.get("refit_months", []))
        on_calendar = (
            self.play.scenario.occasion is None and today.day == 1 and today.month in months
        )
        if not on_calendar and today != self.play.scenario.occasion:
            return
        if self.play.scenario.made:
            self.wait(self.play.made)
            return
        self.hooks.settings(self.play)
        self.occasion()

    def occasion(self) -> None:
        """Make a new model, and release it when the time has come."""
        if made := self.make():
            self.wait(made)

    @abc.abstractmethod
    def build(self, today: date) -> None:
        """Make the first model, and release it."""

    @abc.abstractmethod
    def make(self) -> str:
        """Make a new model; returns its name, or nothing if that is refused."""

    @abc.abstractmethod
    def wait(self, made: str) -> None:
        """Hand the new model over when this level's lead time has passed."""

    @abc.abstractmethod
    def answers(self, today: date) -> pd.DataFrame | None:
        """What users get for the flights of the day; None if they get nothing."""

    @abc.abstractmethod
    def learned(self) -> pd.DataFrame | None:
        """The rows that the newest model could learn from, with `flight_id`."""

    @abc.abstractmethod
    def experiment(self) -> Path | str:
        """A model that was only tried: it has learned from three days."""

    @abc.abstractmethod
    def put_again(self) -> None:
        """What a person does when nothing answers."""

    @abc.abstractmethod
    def serve(self) -> None:
        """Start the application that users ask."""

    def close(self) -> None:
        """End what was started."""
        for process in self.started.values():
            processes.end(process)


def until(ready: Callable[[], bool], process: BaseProcess) -> bool:
    """Wait until it is ready; returns whether it is, or its process has ended before."""
    deadline = time.monotonic() + MAX_SECONDS
    while not ready():
        if not process.is_alive() or time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
