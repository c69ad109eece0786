"""Five teams, each of which works with the commands of its level's folder, and with nothing else.

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
from typing import Any

import pandas as pd

from ladder.errors import LadderError
from ladder.places import FEED
from ladder.year import world
from ladder.year.days import FIRST

Report = Callable[[str, str], None]
SECONDS_TO_START = 60


def command(module: str, *arguments: str) -> dict[str, str]:
    """Run `python -m flighttime.MODULE` in this process; returns its outputs by name."""
    printed = io.StringIO()
    before, sys.argv = sys.argv, [module, *arguments]
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(Tee(printed)):
            # The module may have been imported by another one before it runs as a command.
            warnings.simplefilter("ignore", RuntimeWarning)
            runpy.run_module(f"flighttime.{module}", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        if ended.code:
            raise LadderError(
                f"python -m flighttime.{module} {' '.join(arguments)} ended with {ended.code}"
            ) from None
    finally:
        sys.argv = before
    lines = (line.split(": ", 1) for line in printed.getvalue().splitlines() if ": " in line)
    return {name: value for name, value in lines}


class Tee(io.TextIOWrapper):
    """Standard output that is also stored."""

    def __init__(self, copy: io.StringIO) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")
        self.copy = copy

    def write(self, text: str) -> int:
        assert sys.__stdout__
        self.copy.write(text)
        return sys.__stdout__.write(text)


class Team:
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
        """Stop every process that was started."""

    def build(self, today: date) -> None:
        """Train the first model and put it into production."""
        raise NotImplementedError

    def open(self) -> None:
        """Load what predicts, after the build."""
        raise NotImplementedError

    def predict(self, today: date) -> pd.DataFrame:
        """The day's flights with their minutes, and those of the replaced model if there is one."""
        raise NotImplementedError


class Level0(Team):
    """A notebook, a letter, a file, and a script that a software engineer wrote."""

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


class Level1(Scored):
    """Commands instead of cells; a person still copies the file."""

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
            self.report("looked", "a person refits the model and reads its metrics")
            file = self.file
            self.later(today, lambda day: self.hand_off(file, today, day))
        super().morning(today)

    def hand_off(self, file: Path, trained: date, today: date) -> None:
        self.before = self.serving.current().champion
        self.copy_file(file)
        self.restart()
        self.released(trained, today, f"the file trained on {trained} is copied into production")

    def restart(self) -> None:
        self.serving.current.cache_clear()


class Level2(Level1):
    """The pipeline trains and registers; a person chooses the version to release."""

    def build(self, today: date) -> None:
        command("release", "--version", self.train(today))

    def train(self, today: date) -> str:
        return command("pipeline", "--today", f"{today}")["version"]

    def morning(self, today: date) -> None:
        if today.day == 1 and today.month in self.assumed["train_months"]:
            version = self.train(today)
            self.report("looked", f"the pipeline registers version {version} with its metrics")
            if today.month in self.assumed["release_months"]:
                self.later(today, lambda day: self.release(version, today, day))
        Team.morning(self, today)

    def release(self, version: str, trained: date, today: date) -> None:
        self.before = self.serving.current().champion
        command("release", "--version", version)
        self.restart()
        self.released(trained, today, f"version {version} is released by hand")


class Level3(Scored):
    """Package, certify, release: a gate decides and a person approves."""

    approver = "a person"
    surroundings: dict[str, str] = {}

    def __init__(self, assumed: dict, runs: Path, report: Report) -> None:
        super().__init__(assumed, runs, report)
        self.applications: list[subprocess.Popen] = []

    def open(self) -> None:
        super().open()
        # One for all versions: else each smoke test would start an application.
        os.environ["FLIGHTTIME_STAGING"] = self.start("staging")

    def start(self, environment: str) -> str:
        """Start the level's application in one of its environments; returns the address."""
        port = self.ports.get(environment) or free_port()
        command = [sys.executable, "-m", "flighttime.app", "--port", f"{port}"]
        app = subprocess.Popen(
            command, env={**os.environ, **self.surroundings, "FLIGHTTIME_ENVIRONMENT": environment}
        )
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
        assert version, "the first model has no champion to beat"
        self.approve(version, today)

    def approve(self, version: str, today: date) -> None:
        command(
            "release", "--version", version, "--today", f"{today}", "--approved-by", self.approver
        )

    def certified(self, today: date) -> str | None:
        """The version trained today if the gate lets it pass; None if it refuses."""
        version = command("pipeline", "--today", f"{today}")["version"]
        command("package", "--version", version)
        gate = command("gate", "--version", version)
        if gate["promoted"] == "true":
            return version
        self.report("refused", gate[f"version {version}"])
        return None

    def morning(self, today: date) -> None:
        if today.day == 1 and today.month in self.assumed["train_months"]:
            version = self.certified(today)
            self.report("looked", "the gate scores champion and challenger on the newest flights")
            if version:
                self.later(today, lambda day: self.release(version, today, day))
        super().morning(today)

    def release(self, version: str, trained: date, today: date) -> None:
        self.before = self.answering()
        self.approve(version, today)
        self.released(trained, today, f"version {version} is approved and becomes the champion")

    def answers(self, flights: pd.DataFrame) -> pd.DataFrame:
        return self.score.score(flights, self.answering())

    def answering(self) -> Any:
        """The model that answers, after a check for a new champion."""
        # The application checks twice a second, and a replayed day may be shorter than that.
        self.serving.current()
        self.serving.current.check()
        return self.serving.current().champion


class Level4(Level3):
    """The loop: the application logs its answers, and production decides when to retrain."""

    approver = "the first release"

    def open(self) -> None:
        # The applications run on while the days pass: they read the day from this file.
        self.calendar = self.runs / "today"
        self.surroundings = {"FLIGHTTIME_TODAY": f"@{self.calendar}"}
        self.turn_the_calendar(FIRST)
        super().open()
        self.place = os.environ["FLIGHTTIME_APP"] = self.start("production")
        self.ledger = importlib.import_module("groundcrew.ledger")
        self.trained_on = {self.answering().version: FIRST}
        self.in_shadow = False

    def turn_the_calendar(self, today: date) -> None:
        """Write the day atomically: an application may read it at any moment."""
        new = self.calendar.with_suffix(".new")
        new.write_text(f"{today}", encoding="utf-8")
        new.replace(self.calendar)

    def morning(self, today: date) -> None:
        self.turn_the_calendar(today)
        look = today.weekday() == self.assumed["look_weekday"]
        if not look and not self.in_shadow:
            return
        before, former = self.answering(), len(self.ledger.entries())
        # On the other days the shadow evaluation is settled, and no week is measured.
        turn = command("loop" if look else "shadow", "--today", f"{today}")
        # A post-release watch can wait for Monday: its champion has passed the evaluation.
        self.in_shadow = turn["step"] == "shadow"
        for entry in self.ledger.entries()[former:]:
            self.report_entry(today, before, entry)

    def report_entry(self, today: date, before: object, entry: dict) -> None:
        """Report a decision of the ledger, as a sentence."""
        decision, version, reason = entry["decision"], entry["version"], entry.get("reason", "")
        match decision:
            case "retrain":
                self.report("looked", reason)
            case "trained":
                self.trained_on[version] = today
            case "REJECT" | "TIE" | "INSUFFICIENT DATA":
                self.report("refused", f"version {version}: {decision}, {reason}")
            case "shadow failed":
                self.report("refused", f"version {version} fails as a shadow: {reason}")
            case "shadow":
                self.report("trial", f"version {version} is a {reason}")
            case "released":
                self.before = before
                self.released(
                    self.trained_on[version],
                    today,
                    f"version {version} becomes the champion by itself",
                )
            case "confirmed":
                stays = f"version {version} stays, against {entry['beside']}"
                self.report("confirmed", f"{stays}: {reason}")
            case "rolled back to" | "taken back":
                self.before, self.trained, self.changed = (
                    before,
                    self.trained_on.get(version, FIRST),
                    today,
                )
                self.report("rollback", f"{decision} version {version}: {reason}")
            case "call":
                self.report("call", f"a person is called: {reason}")

    def answers(self, flights: pd.DataFrame) -> pd.DataFrame:
        """The answers of the running application, over HTTP."""
        body = flights.to_json(orient="records").encode()
        request = urllib.request.Request(
            f"{self.place}/predict", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return pd.DataFrame(json.load(answer)["answers"])


def wait_for(app: subprocess.Popen, place: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and app.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"{place}/health/live", timeout=5).close()
            return
        time.sleep(0.1)
    raise LadderError(
        f"the application did not start within {SECONDS_TO_START} s; its log says why"
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


TEAMS: dict[int, type[Team]] = {0: Level0, 1: Level1, 2: Level2, 3: Level3, 4: Level4}
