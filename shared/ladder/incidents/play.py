"""One cell of the matrix: one level lives through one incident, day by day, in a sandbox."""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ladder.incidents import commands
from ladder.incidents.commands import Done
from ladder.incidents.events import Events
from ladder.incidents.incident import Run
from ladder.incidents.people import People
from ladder.incidents.scenarios import A_DAY
from ladder.incidents.scenarios import SCENARIOS
from ladder.incidents.scenarios import Scenario

A_WEEK = 8  # days, both Mondays included


@dataclass(kw_only=True)
class Play(Events):
    """The state of one cell: its sandbox, its calendar, its people, and what happened."""

    incident: Run
    level: int
    assumed: dict[str, Any]
    seed: int = 0
    team: Any = None
    made: str = ""  # the new model that waits for its release, if the scenario begins with one

    def __post_init__(self) -> None:
        self.due: dict[date, list[Callable[[], None]]] = defaultdict(list)
        self.people = People(self)
        self.random = random.Random(self.seed)

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
        """How long it takes from a new model to its release; the loop needs no person."""
        handover = self.assumed["incidents"]["handover_days"]
        usual = handover if self.level == 0 else 0
        return self.assumed[f"level{self.level}"].get("lead_days", usual)

    @property
    def cell(self) -> dict[str, Any]:
        """Which cell of the matrix it is, for its record."""
        return {
            "incident": self.incident.name,
            "level": self.level,
            "last": f"{self.days[-1]}",
            "seed": self.seed,
        }

    @property
    def repo(self) -> Path:
        return self.folder / "repo"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def feed(self) -> Path:
        return self.folder / "feed"

    def run(self, name: str, *arguments: str) -> Done:
        """Run a command of the level and record it."""
        return self.record(commands.module(f"flighttime.{name}", *arguments))

    def later(self, days: int, action: Callable[[], None]) -> None:
        self.due[self.today + days * A_DAY].append(action)
