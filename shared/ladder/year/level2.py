"""Level 2: the pipeline trains and registers; a person chooses the version to release."""

from datetime import date

from ladder.year.commands import command
from ladder.year.level1 import Level1
from ladder.year.team import Team


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
