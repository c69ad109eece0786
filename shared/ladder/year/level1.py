"""Level 1: commands instead of cells; a person still copies the file."""

import shutil
from datetime import date
from pathlib import Path

from ladder.year.commands import command
from ladder.year.team import Scored


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
