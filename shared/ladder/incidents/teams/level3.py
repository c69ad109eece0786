"""The team of Level 3: a gate decides on a staging machine, and a person approves."""

import os
from datetime import date
from pathlib import Path

from ladder.incidents.commands import Done
from ladder.incidents.teams.level2 import Level2


class Level3(Level2):
    """A gate decides and a person approves."""

    released = "version {} is approved and becomes the champion"

    def staging(self) -> None:
        """One staging application for all that the gate tries."""
        if "staging" not in self.started:
            os.environ["FLIGHTTIME_STAGING"] = self.start("staging")

    def serve(self) -> None:
        super().serve()
        os.environ["FLIGHTTIME_APP"] = self.address  # releases smoke-test it

    def restart(self) -> None:
        """It follows the registry by itself."""

    def build(self, today: date) -> None:
        self.begin(today)
        version = self.certified()
        assert version, "the first model has no champion to beat"
        self.approve(version)

    def make(self) -> str:
        return self.certified()

    def certified(self) -> str:
        """The version that was trained today if the gate lets it pass."""
        version = Level2.make(self)
        if not version:
            return ""
        self.play.run("package", "--version", version)
        self.staging()
        done = self.play.run("gate", "--version", version)
        if done.outputs.get("promoted") != "true":
            self.play.detect("the gate", done.outputs.get(f"version {version}", done.message))
            return ""
        return version

    def file_of(self, version: str) -> Path:
        return self.play.state / "packages" / version

    def approve(self, version: str) -> Done:
        return self.play.run("release", "--version", version, "--approved-by", "Kim")

    def put_again(self) -> None:
        self.play.person("rolls back")
        self.play.run("rollback", "--approved-by", "Kim")
