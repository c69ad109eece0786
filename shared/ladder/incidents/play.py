"""One cell of the matrix: one level lives through one incident, day by day, in a sandbox."""

import json
import os
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from ladder.incidents import commands
from ladder.incidents import processes
from ladder.incidents import world
from ladder.incidents.commands import Done
from ladder.incidents.incident import Incident
from ladder.incidents.scenarios import A_DAY
from ladder.incidents.scenarios import ASKED
from ladder.incidents.scenarios import SCENARIOS
from ladder.incidents.scenarios import Scenario

A_WEEK = 8  # days, both Mondays included
MOST_LINES = 12
NEVER = 10**9


@dataclass
class Play:
    """The state of one cell: its sandbox, its calendar, and the record of what happened."""

    incident: Incident
    level: int
    folder: Path
    assumed: dict[str, Any]
    seed: int = 0
    tell: Callable[[dict], None] = lambda event: None
    today: date = date.min
    events: list[dict] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    answers: list[pd.DataFrame] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    began: date | None = None
    detected: date | None = None
    detected_by: str = ""
    acted: bool = False
    mended: bool = False
    team: Any = None
    notes: dict[str, Any] = field(default_factory=dict)
    made: str = ""  # the new model that waits for its release, if the scenario begins with one

    def __post_init__(self) -> None:
        self.due: dict[date, list[Callable[[], None]]] = defaultdict(list)
        self.again: list[Callable[[], None]] = []
        self.random = random.Random(self.seed)
        self.clock = 0.0

    @property
    def scenario(self) -> Scenario:
        return SCENARIOS[self.incident.scenario]

    @property
    def days(self) -> list[date]:
        """The days of the scenario: until a week after this level's release, or as declared."""
        most = self.incident.days
        if most is None and self.scenario.occasion and not self.incident.whole:
            most = self.lead_days + A_WEEK
        return self.scenario.days[:most]

    @property
    def lead_days(self) -> int:
        """How long it takes from a new model to its release; the loop needs nobody."""
        handover = self.assumed["incidents"]["handover_days"]
        usual = handover if self.level == 0 else 0
        return self.assumed[f"level{self.level}"].get("lead_days", usual)

    @property
    def repo(self) -> Path:
        return self.folder / "repo"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def feed(self) -> Path:
        return self.folder / "feed"

    def say(self, kind: str, text: str, **more: object) -> None:
        """Record an event, at a simulated time: commands take as long as they really took."""
        hour, rest = divmod(int(self.clock), 3600)
        at = f"{6 + hour:02}:{rest // 60:02}:{rest % 60:02}"
        event = {"day": f"{self.today}", "at": at, "kind": kind, "text": text, **more}
        self.events.append(event)
        self.tell(event)

    def run(self, name: str, *arguments: str) -> Done:
        """Run a command of the level and record it."""
        return self._record(commands.module(f"flighttime.{name}", *arguments))

    def run_script(self, path: str, *arguments: str) -> Done:
        with commands.largest_file(self.notes.get("largest file")):
            done = commands.script(path, *arguments)
        return self._record(done)

    def _record(self, done: Done) -> Done:
        self.clock += done.seconds
        lines = self.short(done.output).strip().splitlines()[-MOST_LINES:]
        self.say("command", self.short(done.words), code=done.code, output="\n".join(lines))
        return done

    def short(self, text: str) -> str:
        """The text without the sandbox's folder, which differs from machine to machine."""
        return text.replace(f"{self.folder}{os.sep}", "").replace("../", "")

    def run_together(self, *several: list[str]) -> list[Done]:
        """Run commands of the level at the same time, each in a process of its own."""
        return self._apart([(words, "", NEVER) for words in several])

    def run_killed(self, words: list[str], near: str, at: int) -> Done:
        """Run a command that dies at its `at`th touch of a file, as `processes.killed` counts."""
        return self._apart([(words, near, at)])[0]

    def _apart(self, several: list[tuple[list[str], str, int]]) -> list[Done]:
        started, here = [], dict(os.environ)
        for number, (words, near, at) in enumerate(several):
            log = self.folder / f"apart-{number}.log"
            log.unlink(missing_ok=True)
            full = [f"flighttime.{words[0]}", *words[1:]]
            process = processes.start(processes.killed, self.repo, here, full, near, at, log)
            started.append((process, full, log))
        done = []
        for process, full, log in started:
            process.join()
            text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
            done.append(Done(f"python -m {' '.join(full)}", process.exitcode or 0, text, 1.0))
            self._record(done[-1])
        return done

    # What the incident and the people do.

    def inject(self, text: str) -> None:
        """The outside world does something; the first time, the incident begins."""
        self.began = self.began or self.today
        self.say("world", text)

    def person(self, step: str) -> None:
        """A step that a person does because of the incident."""
        self.acted = True
        self.steps.append(step)
        self.say("person", step)

    def detect(self, by: str, text: str) -> None:
        """Somebody or something notices; before the incident has begun, it is an alarm."""
        text = self.short(text)
        self.alarms.append(f"{self.today}: {text}")
        self.say("alarm", text, by=by)
        self.notice(by)

    def notice(self, by: str) -> None:
        """The first time after the incident has begun, it is noticed."""
        if self.began and not self.detected:
            self.detected, self.detected_by = self.today, by

    def later(self, days: int, action: Callable[[], None]) -> None:
        self.due[self.today + days * A_DAY].append(action)

    def refused(self, done: Done, retry: Callable[[], None] | None = None) -> None:
        """A command says no: a person reads it, tells the source, and starts it again."""
        self.detect("the level", done.message)
        if retry:
            self.again.append(retry)
        self.call_the_source(f"reads the message of `{done.words.split(' --')[0]}`")

    def call_the_source(self, reading: str) -> None:
        if not self.incident.repairable or self.mended or self.notes.get("told"):
            return
        self.notes["told"] = True
        people = self.assumed["incidents"]
        self.later(people["read_days"], lambda: self._tell(reading))

    def _tell(self, reading: str) -> None:
        self.person(reading)
        self.person("tells the source what is wrong")
        self.later(self.assumed["incidents"]["repair_days"], self._mend)

    def _help(self) -> None:
        """What a person does when there are no answers and the source is not to blame."""
        self.person("hears from users that there are no answers, and looks")
        self.incident.hooks.help(self)

    def _mend(self) -> None:
        self.mended = True
        self.notes["mended on"] = f"{self.today}"
        for path in sorted(self.feed.rglob("*.parquet")):
            name = path.relative_to(self.feed).as_posix().removesuffix(".parquet")
            world.restore(self.feed, name)
        self.incident.hooks.mend(self)
        self.say("world", "the source has mended it")
        retries, self.again = self.again, []
        for retry in retries:
            self.person("starts again what was refused")
            retry()

    # The calendar.

    def play(self, evening: Callable[[], None]) -> None:
        for day in self.days:
            self.today = day
            self.clock = 0.0
            if not self.mended:
                self.incident.hooks.morning(self)
            self.team.begin(self.today)
            for action in self.due.pop(self.today, []):
                action()
            self.team.morning(self.today)
            if self.today.weekday() in ASKED:
                self.clock = max(self.clock, 2 * 3600.0)
                self.ask()
            self.incident.hooks.evening(self)
            evening()

    def ask(self) -> None:
        """Users ask for every flight of the day."""
        found = self.team.answers(self.today)
        if found is None:
            self.detect("users", "no answers today: users call")
            if self.incident.repairable:
                self.call_the_source("hears from users that there are no answers")
            elif not self.notes.get("helped"):
                self.notes["helped"] = True
                self.later(self.assumed["incidents"]["read_days"], self._help)
            return
        wanted = ["flight_id", "minutes"]
        self.answers.append(found[wanted].assign(day=f"{self.today}"))
        self.say("answers", f"{len(found):,} flights answered")

    def save(self, path: Path, **more: object) -> None:
        """Keep the record; the answers beside it."""
        columns = ["flight_id", "minutes", "day"]
        frame = pd.concat(self.answers) if self.answers else pd.DataFrame(columns=columns)
        frame.to_parquet(path.with_suffix(".parquet"), index=False)
        record = {
            "incident": self.incident.name,
            "level": self.level,
            "last": f"{self.days[-1]}",
            "seed": self.seed,
            "began": self.began and f"{self.began}",
            "detected": self.detected and f"{self.detected}",
            "detected_by": self.detected_by,
            "acted": self.acted,
            "steps": self.steps,
            "alarms": self.alarms,
            "notes": self.notes,
            "events": self.events,
            **more,
        }
        path.write_text(json.dumps(record, indent=1, default=str) + "\n", encoding="utf-8")
