"""Five teams, each working as its level lets it: only through what stands in the level's folder.

Each runs in a process of its own with the level's folder as working directory, so that `flighttime`
is that level's package, and the commands are those that a person would type.
"""

import contextlib
import importlib
import io
import json
import os
import runpy
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable
from datetime import date
from datetime import timedelta
from pathlib import Path

import pandas as pd

from ladder.errors import LadderError
from ladder.places import FEED
from ladder.year import world
from ladder.year.days import FIRST

Tell = Callable[[str, str], None]
SECONDS_TO_START = 60


def command(module: str, *arguments: str) -> dict[str, str]:
    """Run `python -m flighttime.MODULE` in this process; returns what it gave out, by name."""
    spoken = io.StringIO()
    before, sys.argv = sys.argv, [module, *arguments]
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(Tee(spoken)):
            # The module may have been imported by another one before it runs as a command.
            warnings.simplefilter("ignore", RuntimeWarning)
            runpy.run_module(f"flighttime.{module}", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        if ended.code:
            raise LadderError(f"python -m flighttime.{module} {' '.join(arguments)} ended with {ended.code}") from None
    finally:
        sys.argv = before
    lines = (line.split(": ", 1) for line in spoken.getvalue().splitlines() if ": " in line)
    return {name: value for name, value in lines}


class Tee(io.TextIOWrapper):
    """Keeps what is printed, and prints it."""

    def __init__(self, kept: io.StringIO) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")
        self.kept = kept

    def write(self, text: str) -> int:
        self.kept.write(text)
        return sys.__stdout__.write(text)


class Team:
    """What the five have in common: a diary of what they did, and the age of the model that answers."""

    def __init__(self, assumed: dict, runs: Path, tell: Tell) -> None:
        self.assumed = assumed
        self.runs = runs
        self.tell = tell
        self.trained = FIRST
        self.changed: date | None = None
        self.before = None
        self.due: dict[date, Callable[[date], None]] = {}

    def morning(self, today: date) -> None:
        """What happens at this level before the day's first flight."""
        if action := self.due.pop(today, None):
            action(today)

    def later(self, today: date, action: Callable[[date], None]) -> None:
        self.due[today + timedelta(days=self.assumed["lead_days"])] = action

    def released(self, trained: date, today: date, what: str) -> None:
        self.trained, self.changed = trained, today
        self.tell("release", what)

    def forget_after_a_week(self, today: date) -> None:
        """The replaced model goes on predicting for a week, for the judge; then it is done."""
        if self.changed and (today - self.changed).days >= 7:
            self.before = None

    def close(self) -> None:
        """Stop whatever was started."""


class Level0(Team):
    """A notebook, a letter, a file, and a script that somebody wrote afterwards."""

    def build(self, today: date) -> None:
        notebook = importlib.import_module("nbclient").NotebookClient(
            importlib.import_module("nbformat").read("explore.ipynb", as_version=4),
            resources={"metadata": {"path": os.getcwd()}},
        )
        notebook.execute()
        (self.runs / "production").mkdir(parents=True)
        shutil.copy(self.runs / "handoff" / "model.joblib", self.runs / "production")

    def open(self) -> None:
        sys.path.insert(0, os.getcwd())
        self.script = importlib.import_module("score")
        self.model = self.script.load_model(self.runs / "production" / "model.joblib")
        self.planes = pd.read_parquet(FEED / "planes.parquet")
        self.airports = pd.read_parquet(FEED / "airports.parquet")

    def predict(self, today: date) -> pd.DataFrame:
        flights = world.timetable(today)
        minutes = self.script.predict(self.model, flights, self.planes, self.airports)
        return pd.DataFrame({"flight_id": world.name(flights), "minutes": minutes})


class Scored(Team):
    """From the first package on: the level's own timetable, scored by its own code with its own model."""

    def open(self) -> None:
        sys.path.insert(0, os.getcwd())
        self.ingest = importlib.import_module("flighttime.ingest")
        self.production = importlib.import_module("flighttime.production")
        self.score = importlib.import_module("flighttime.score")

    def predict(self, today: date) -> pd.DataFrame:
        flights = self.ingest.timetable(today)
        scored = self.answers(flights)
        if self.before is not None:
            # For the judge: what the model before this one would have said of the same flights.
            scored = scored.assign(before=self.score.score(flights, self.before)["minutes"])
        return scored[[column for column in ("flight_id", "minutes", "before") if column in scored]]

    def answers(self, flights: pd.DataFrame) -> pd.DataFrame:
        return self.score.score(flights, self.production.serving())


class Level1(Scored):
    """Commands instead of cells; a person still carries the file."""

    def build(self, today: date) -> None:
        self.refit(today)
        self.copy_file(self.file)

    def refit(self, today: date) -> None:
        command("ingest", "--today", f"{today}")
        self.file = Path(command("train", "--today", f"{today}")["model"])

    def copy_file(self, file: Path) -> None:
        (self.runs / "production").mkdir(parents=True, exist_ok=True)
        shutil.copy(file, self.runs / "production" / "model.skops")

    def morning(self, today: date) -> None:
        if today.day == 1 and today.month in self.assumed["refit_months"]:
            self.refit(today)
            self.tell("looked", "somebody refits the model and reads its metrics")
            file = self.file
            self.later(today, lambda day: self.hand_off(file, today, day))
        super().morning(today)

    def hand_off(self, file: Path, trained: date, today: date) -> None:
        self.before = self.production.serving()
        self.copy_file(file)
        self.restart()
        self.released(trained, today, f"the file trained on {trained} is copied into production")

    def restart(self) -> None:
        self.production.serving.cache_clear()


class Level2(Level1):
    """The pipeline trains and registers; a person names the version to release."""

    def build(self, today: date) -> None:
        command("release", "--version", self.train(today))

    def train(self, today: date) -> str:
        return command("pipeline", "--today", f"{today}")["version"]

    def morning(self, today: date) -> None:
        if today.day == 1 and today.month in self.assumed["train_months"]:
            version = self.train(today)
            self.tell("looked", f"the pipeline registers version {version} with its metrics")
            if today.month in self.assumed["release_months"]:
                self.later(today, lambda day: self.release(version, today, day))
        Team.morning(self, today)

    def release(self, version: str, trained: date, today: date) -> None:
        self.before = self.production.serving()
        command("release", "--version", version)
        self.restart()
        self.released(trained, today, f"version {version} is released by hand")


class Level3(Scored):
    """Package, certify, release: a gate decides and a person nods."""

    approver = "a person"
    surroundings: dict[str, str] = {}

    def __init__(self, assumed: dict, runs: Path, tell: Tell) -> None:
        super().__init__(assumed, runs, tell)
        self.applications: list[subprocess.Popen] = []
        # Where an environment's application is to listen, if anybody needs to know beforehand.
        self.ports: dict[str, int] = {}

    def open(self) -> None:
        super().open()
        # One that stays: else each trial of a version would start one.
        os.environ["FLIGHTTIME_STAGING"] = self.start("staging")

    def start(self, environment: str) -> str:
        """Start the level's application in one of its environments; returns the address."""
        port = self.ports.get(environment) or free_port()
        command = [sys.executable, "-m", "flighttime.app", "--port", f"{port}"]
        app = subprocess.Popen(command, env={**os.environ, **self.surroundings, "FLIGHTTIME_ENVIRONMENT": environment})
        self.applications.append(app)
        wait_for(app, f"http://127.0.0.1:{port}")
        return f"http://127.0.0.1:{port}"

    def close(self) -> None:
        for app in self.applications:
            app.terminate()
        for app in self.applications:
            app.wait()

    def build(self, today: date) -> None:
        version = self.certified(today)
        command("release", "--version", version, "--today", f"{today}", "--approved-by", self.approver)

    def certified(self, today: date) -> str | None:
        """The version trained today if the gate lets it pass; None if it refuses."""
        version = command("pipeline", "--today", f"{today}")["version"]
        command("package", "--version", version)
        gate = command("certify", "--version", version)
        if gate["promoted"] == "true":
            return version
        self.tell("refused", gate[f"version {version}"])
        return None

    def morning(self, today: date) -> None:
        if today.day == 1 and today.month in self.assumed["train_months"]:
            version = self.certified(today)
            self.tell("looked", "the gate scores champion and challenger on the newest flights")
            if version:
                self.later(today, lambda day: self.release(version, today, day))
        super().morning(today)

    def release(self, version: str, trained: date, today: date) -> None:
        self.before = self.answering()
        command("release", "--version", version, "--today", f"{today}", "--approved-by", self.approver)
        self.released(trained, today, f"version {version} is approved and becomes the champion")

    def answers(self, flights: pd.DataFrame) -> pd.DataFrame:
        return self.score.score(flights, self.answering())

    def answering(self) -> object:
        # The application looks for a new champion twice a second; here a day passes faster than that.
        self.production.serving()
        self.production.serving.look()
        return self.production.serving()


class Level4(Level3):
    """The loop: the application logs its answers, and production decides when to retrain."""

    approver = "the first release"

    def open(self) -> None:
        # The applications run on while the calendar does: they read the day from this file.
        self.calendar = self.runs / "today"
        self.surroundings = {"FLIGHTTIME_TODAY": f"@{self.calendar}"}
        self.turn_the_calendar(FIRST)
        super().open()
        self.place = os.environ["FLIGHTTIME_APP"] = self.start("production")
        self.ledger = importlib.import_module("flighttime.ledger")
        self.trained_on = {self.answering().version: FIRST}
        self.on_trial = False

    def turn_the_calendar(self, today: date) -> None:
        """Whole or not at all: an application may read it at any moment."""
        new = self.calendar.with_suffix(".new")
        new.write_text(f"{today}", encoding="utf-8")
        new.replace(self.calendar)

    def morning(self, today: date) -> None:
        self.turn_the_calendar(today)
        look = today.weekday() == self.assumed["look_weekday"]
        if not look and not self.on_trial:
            return
        before, known = self.answering(), len(self.ledger.entries())
        # On the days between, what is on trial is settled, and no week is measured.
        turn = command("watch" if look else "trial", "--today", f"{today}")
        # A probation can wait for Monday: who is in charge has been found good enough.
        self.on_trial = bool(turn["trial"])
        for entry in self.ledger.entries()[known:]:
            self.tell_entry(today, before, entry)

    def tell_entry(self, today: date, before: object, entry: dict) -> None:
        """What the ledger says, in words for the report."""
        decision, version, reason = entry["decision"], entry["version"], entry.get("reason", "")
        match decision:
            case "retrain":
                self.tell("looked", reason)
            case "trained":
                self.trained_on[version] = today
            case "REJECT" | "TIE" | "INSUFFICIENT DATA":
                self.tell("refused", f"version {version}: {decision}, {reason}")
            case "trial lost":
                self.tell("refused", f"version {version} loses its trial: {reason}")
            case "on trial":
                self.tell("trial", f"version {version} is on trial: {reason}")
            case "released":
                self.before = before
                self.released(self.trained_on[version], today, f"version {version} becomes the champion by itself")
            case "confirmed":
                self.tell("confirmed", f"version {version} stays: {reason}")
            case "rolled back to" | "taken back":
                self.before, self.trained, self.changed = before, self.trained_on.get(version, FIRST), today
                self.tell("rollback", f"{decision} version {version}: {reason}")
            case "a person is called":
                self.tell("call", f"a person is called: {reason}")

    def answers(self, flights: pd.DataFrame) -> pd.DataFrame:
        """Over HTTP, from the running application."""
        body = flights.to_json(orient="records").encode()
        request = urllib.request.Request(f"{self.place}/predict", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return pd.DataFrame(json.load(answer)["answers"])


def wait_for(app: subprocess.Popen, place: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and app.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{place}/health/live", timeout=5).close()
            return
        time.sleep(0.1)
    raise LadderError(f"the application did not start within {SECONDS_TO_START} s; its log tells why")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


TEAMS: dict[int, type[Team]] = {0: Level0, 1: Level1, 2: Level2, 3: Level3, 4: Level4}
