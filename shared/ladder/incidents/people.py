"""What people do about an incident: they read, call the source, help, and start again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ladder.incidents import world
from ladder.incidents.commands import Done

if TYPE_CHECKING:
    from ladder.incidents.play import Play


class People:
    """The people around one level; how long they take stands in the assumptions."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.times = play.assumed["incidents"]
        self.retries: list[Callable[[], None]] = []
        self.source_called = False
        self.helped = False
        self.mended = False

    def refused(self, done: Done, retry: Callable[[], None] | None = None) -> None:
        """A command says no: a person reads it, calls the source, and starts it again."""
        self.play.detect("the level", done.message)
        if retry:
            self.retries.append(retry)
        self.call_the_source(f"reads the message of `{done.words.split(' --')[0]}`")

    def no_answers(self) -> None:
        """Users call: a person looks, at the source or at the level."""
        self.play.detect("users", "no answers today: users call")
        if self.play.incident.repairable:
            self.call_the_source("hears from users that there are no answers")
        elif not self.helped:
            self.helped = True
            self.play.later(self.times["read_days"], self._help)

    def call_the_source(self, reading: str) -> None:
        if self.play.incident.repairable and not self.mended and not self.source_called:
            self.source_called = True
            self.play.later(self.times["read_days"], lambda: self._call(reading))

    def _call(self, reading: str) -> None:
        self.play.person(reading)
        self.play.person("tells the source what is wrong")
        self.play.later(self.times["repair_days"], self._mend)

    def _help(self) -> None:
        """What a person does when there are no answers and the source is not to blame."""
        self.play.person("hears from users that there are no answers, and looks")
        self.play.incident.hooks.help(self.play)

    def _mend(self) -> None:
        self.mended = True
        self.play.notes["mended on"] = f"{self.play.today}"
        for path in sorted(self.play.feed.rglob("*.parquet")):
            name = path.relative_to(self.play.feed).as_posix().removesuffix(".parquet")
            world.restore(self.play.feed, name)
        self.play.incident.hooks.mend(self.play)
        self.play.say("world", "the source has mended it")
        retries, self.retries = self.retries, []
        for retry in retries:
            self.play.person("starts again what was refused")
            retry()
