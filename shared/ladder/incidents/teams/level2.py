"""The team of Level 2: a pipeline makes the versions, and a person names the one to release."""

from datetime import date
from pathlib import Path

from ladder.incidents.commands import Done
from ladder.incidents.teams.level1 import Level1
from ladder.incidents.teams.temporary import window_of


class Level2(Level1):
    """A pipeline; a person names the version."""

    released = "version {} is released by hand"

    def experiment(self) -> str:
        with window_of(self.play.repo, 3):
            done = self.play.run("pipeline", "--today", f"{self.play.scenario.first}")
        return done.outputs["version"]

    def build(self, today: date) -> None:
        self.play.run("release", "--version", self.play.run("pipeline").outputs["version"])

    def make(self) -> str:
        done = self.play.run("pipeline")
        if done.code:
            self.play.people.refused(done, self.occasion)
            return ""
        return done.outputs["version"]

    def wait(self, made: str) -> None:
        self.play.later(self.play.lead_days, lambda: self.release(made))

    def release(self, version: str) -> None:
        chosen = self.hooks.choose(self.play, version)
        self.hooks.in_transit(self.play, self.file_of(chosen))
        self.hooks.releasing(self.play, lambda: self.put(chosen))

    def file_of(self, version: str) -> Path:
        """The newest model of the store: what a release of this version reads."""
        files = self.play.state.rglob("model.skops")
        return max(files, key=lambda path: path.stat().st_mtime)

    def put(self, version: str) -> None:
        """Release it; if that is refused, a person reads why, and the old model stays."""
        done = self.approve(version)
        if done.code:
            self.play.detect("the level", done.message)
            self.play.later(self.play.assumed["incidents"]["read_days"], self.read_refusal)
        else:
            self.restart()
            self.play.say("release", self.released.format(version))

    def approve(self, version: str) -> Done:
        return self.play.run("release", "--version", version)

    def read_refusal(self) -> None:
        self.play.person("reads why the release was refused, and keeps the old model")

    def put_again(self) -> None:
        self.play.person("releases the version before")
        self.play.run("release", "--version", "1")
        self.restart()
