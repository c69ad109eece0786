"""Level 3: a gate decides and a person approves."""

import os
import subprocess
import sys
from datetime import date
from typing import Any

import pandas as pd

from ladder import ports
from ladder.service import Service
from ladder.year.commands import command
from ladder.year.team import Scored


class Level3(Scored):
    """Package, certify, release: a gate decides and a person approves."""

    approver = "a person"
    surroundings: dict[str, str] = {}

    def open(self) -> None:
        super().open()
        # One for all versions: else each smoke test would start an application.
        os.environ["FLIGHTTIME_STAGING"] = self.start("staging")

    def start(self, environment: str) -> str:
        """Start the level's application in one of its environments; returns the address."""
        port = self.ports.get(environment) or ports.somewhere()
        address = f"http://{ports.LOOPBACK}:{port}"
        process = subprocess.Popen(
            [sys.executable, "-m", "flighttime.app", "--port", f"{port}"],
            env={**os.environ, **self.surroundings, "FLIGHTTIME_ENVIRONMENT": environment},
        )
        # It writes to this process's output, which is the log of the level.
        log = self.runs.with_suffix(".log")
        application = Service(f"the application in {environment}", process, log)
        self.services.append(application)
        application.wait_until_answering(f"{address}/health/live")
        return address

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
