"""The team of Level 0: a notebook and a script."""

import shutil
from datetime import date
from pathlib import Path

import pandas as pd

from ladder.incidents import commands
from ladder.incidents import window
from ladder.incidents import world
from ladder.incidents.commands import Done
from ladder.incidents.teams import notebook
from ladder.incidents.teams.base import Team
from ladder.incidents.teams.temporary import feed_of
from ladder.year import world as ground


class Level0(Team):
    """A notebook and a script."""

    learned_from: pd.DataFrame | None = None

    def build(self, today: date) -> None:
        self.notebook(today)
        (self.play.state / "production").mkdir(parents=True, exist_ok=True)
        shutil.copy(self.handoff, self.production)

    @property
    def handoff(self) -> Path:
        return self.play.state / "handoff" / "model.joblib"

    @property
    def production(self) -> Path:
        return self.play.state / "production" / "model.joblib"

    def notebook(self, today: date) -> Done:
        """Run the notebook's cells, with the day and the months that a person has edited."""
        months = [month for month in self.play.scenario.months if month <= f"{today:%Y-%m}"]
        changes = self.play.notes.get("cells", {})
        code = notebook.edited(self.play.repo / "explore.ipynb", today, months, changes)
        edited = self.play.folder / "explore.py"
        edited.write_text(code, encoding="utf-8")
        done = self.play.record(commands.script(str(edited), words="every cell of explore.ipynb"))
        self.learned_from = done.names.get("table")
        return done

    def learned(self) -> pd.DataFrame | None:
        rows = self.learned_from
        return None if rows is None else rows.assign(flight_id=ground.name(rows))

    def experiment(self) -> Path | str:
        notes, kept = self.play.notes, self.handoff.with_name("good.joblib")
        shutil.copy(self.handoff, kept)
        notes["cells"] = window.in_notebook(days=3)
        self.notebook(self.play.scenario.first)
        del notes["cells"]
        tried = self.handoff.with_name("tried.joblib")
        self.handoff.rename(tried)
        kept.rename(self.handoff)
        return tried

    def make(self) -> str:
        done = self.notebook(self.play.today)
        if done.code:
            self.play.people.refused(done, self.occasion)
            return ""
        return self.handoff.relative_to(self.play.state).as_posix()

    def wait(self, made: str) -> None:
        self.play.later(self.play.lead_days, lambda: self.hand_over(self.play.state / made))

    def hand_over(self, file: Path) -> None:
        """Send the file, and copy it into production."""
        chosen = self.hooks.choose(self.play, file)
        mail = self.play.folder / "mail" / file.name
        mail.parent.mkdir(exist_ok=True)
        shutil.copy(chosen, mail)
        self.hooks.in_transit(self.play, mail)

        def release() -> None:
            shutil.copy(mail, self.production)
            self.restart()
            self.play.say("release", f"{file.name} is copied into production")

        self.sent = mail
        self.hooks.releasing(self.play, release)

    def put_again(self) -> None:
        self.play.person("copies the file into production again")
        shutil.copy(self.sent, self.production)
        self.restart()

    def serve(self) -> None:
        """It has no application: a script answers."""

    def restart(self) -> None:
        """A script reads the file each time; an application has to be restarted."""

    def answers(self, today: date) -> pd.DataFrame | None:
        feed = self.hooks.asking(self.play) or self.play.feed
        timetable = pd.read_parquet(feed / "flights" / f"{today:%Y-%m}.parquet")
        timetable = timetable[world.within(timetable, today, today)]
        listed, out = self.play.folder / "flights.csv", self.play.folder / "answers.csv"
        timetable.to_csv(listed, index=False)
        out.unlink(missing_ok=True)
        arguments = ["score.py", str(listed), str(out), "--model", str(self.production)]
        most = self.play.notes.get("largest file")
        with feed_of(feed, self.play.feed), commands.largest_file(most):
            done = commands.script(*arguments)
        self.play.record(done)
        if done.code:
            return None
        found = pd.read_csv(out)
        return found.assign(flight_id=ground.name(found))
