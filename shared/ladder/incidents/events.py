"""What happens in a cell, in order: commands, alarms, steps of people, and the answers."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from ladder.incidents.commands import Done

MOST_LINES = 12


@dataclass(kw_only=True)
class Events:
    """The record of one cell: what happened, and what it means for the incident."""

    folder: Path  # the sandbox
    tell: Callable[[dict], None] = lambda event: None
    today: date = date.min
    clock: float = 0.0  # seconds of the simulated day
    events: list[dict] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    answers: list[pd.DataFrame] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    began: date | None = None
    detected: date | None = None
    detected_by: str = ""
    acted: bool = False

    def say(self, kind: str, text: str, **more: object) -> None:
        """Record an event, at a simulated time: commands take as long as they really took."""
        hour, rest = divmod(int(self.clock), 3600)
        at = f"{6 + hour:02}:{rest // 60:02}:{rest % 60:02}"
        event = {"day": f"{self.today}", "at": at, "kind": kind, "text": text, **more}
        self.events.append(event)
        self.tell(event)

    def record(self, done: Done) -> Done:
        """Record a command that has ended."""
        self.clock += done.seconds
        lines = self.short(done.output).strip().splitlines()[-MOST_LINES:]
        self.say("command", self.short(done.words), code=done.code, output="\n".join(lines))
        return done

    def short(self, text: str) -> str:
        """The text without the sandbox's folder, which differs from machine to machine."""
        return text.replace(f"{self.folder}{os.sep}", "").replace("../", "")

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
        """A person or a program notices; before the incident has begun, it is a false alarm."""
        text = self.short(text)
        self.alarms.append(f"{self.today}: {text}")
        self.say("alarm", text, by=by)
        self.notice(by)

    def notice(self, by: str) -> None:
        """The first time after the incident has begun, it is noticed."""
        if self.began and not self.detected:
            self.detected, self.detected_by = self.today, by

    def save(self, path: Path, **more: object) -> None:
        """Keep the record, with what `more` says of the cell; the answers beside it."""
        columns = ["flight_id", "minutes", "day"]
        frame = pd.concat(self.answers) if self.answers else pd.DataFrame(columns=columns)
        frame.to_parquet(path.with_suffix(".parquet"), index=False)
        record = {
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
