"""Level 4: the application logs its answers, and its loop retrains and releases."""

import importlib
import json
import os
import urllib.request
from datetime import date

import pandas as pd

from ladder.service import LOOPBACK_ONLY
from ladder.year.commands import command
from ladder.year.days import FIRST
from ladder.year.level3 import Level3


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
            case "trained" | "refitted":
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

    def sample(self, day: date) -> pd.DataFrame:
        # Not by the application: it would record answers that came days after the departure.
        return super().answers(self.ingest.timetable(day))[["flight_id", "minutes"]]

    def answers(self, flights: pd.DataFrame) -> pd.DataFrame:
        """The answers of the running application, over HTTP."""
        body = flights.to_json(orient="records").encode()
        request = urllib.request.Request(
            f"{self.place}/predict", body, {"Content-Type": "application/json"}
        )
        with LOOPBACK_ONLY.open(request, timeout=60) as answer:
            return pd.DataFrame(json.load(answer)["answers"])
