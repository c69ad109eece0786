"""The team of Level 1: commands instead of cells, and an application."""

import importlib
import json
import shutil
import urllib.request
from datetime import date
from pathlib import Path

import pandas as pd

from ladder import service
from ladder.incidents import processes
from ladder.incidents.teams.level0 import Level0
from ladder.incidents.teams.temporary import feed_of
from ladder.incidents.teams.temporary import window_of


class Level1(Level0):
    """Commands instead of cells."""

    @property
    def production(self) -> Path:
        return self.play.state / "production" / "model.skops"

    def build(self, today: date) -> None:
        self.play.run("ingest")
        made = self.play.run("train")
        (self.play.state / "production").mkdir(parents=True, exist_ok=True)
        shutil.copy(made.outputs["model"], self.production)

    def serve(self) -> None:
        self.address = self.start("production")

    def restart(self) -> None:
        if self.address:
            processes.end(self.started.pop("production"))
            self.serve()

    def make(self) -> str:
        if (done := self.play.run("ingest")).code or (done := self.play.run("train")).code:
            self.play.people.refused(done, self.occasion)
            return ""
        return Path(done.outputs["model"]).relative_to(self.play.state).as_posix()

    def answers(self, today: date) -> pd.DataFrame | None:
        feed = self.hooks.asking(self.play) or self.play.feed
        if self.address:
            return self.over_http(today)
        out = self.play.folder / "answers.csv"
        out.unlink(missing_ok=True)
        with feed_of(feed, self.play.feed):
            done = self.play.run("score", "--day", f"{today}", "--out", str(out))
        return None if done.code else pd.read_csv(out)

    def over_http(self, today: date) -> pd.DataFrame | None:
        """The answers of the running application; users know the timetable."""
        flights = importlib.import_module("flighttime.ingest").timetable(today)
        body = flights.to_json(orient="records").encode()
        request = urllib.request.Request(
            f"{self.address}/predict", body, {"Content-Type": "application/json"}
        )
        words = f"POST /predict, {len(flights)} flights"
        try:
            with service.LOOPBACK_ONLY.open(request, timeout=60) as answer:
                found = pd.DataFrame(json.load(answer)["answers"])
        except OSError as error:
            text = error.read().decode()[:300] if hasattr(error, "read") else f"{error}"
            self.play.say("command", words, code=1, output=text)
            return None
        self.play.say("command", words, code=0, output=f"{len(found)} answers")
        return found

    def learned(self) -> pd.DataFrame | None:
        return importlib.import_module("flighttime.ingest").TABLE.read()

    def experiment(self) -> Path | str:
        with window_of(self.play.repo, 3):
            out = self.play.folder / "tried"
            day = self.play.scenario.first
            done = self.play.run("train", "--today", f"{day}", "--out", str(out))
        return Path(done.outputs["model"])
