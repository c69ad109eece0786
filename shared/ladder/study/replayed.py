"""A year that is replayed under a rule: who answers, what each answer erred, and the ledger."""

from dataclasses import dataclass
from dataclasses import field
from datetime import date

import numpy as np

from flighttime import loop_state
from ladder.study.years import A_DAY
from ladder.study.years import Model
from ladder.study.years import Year


@dataclass(frozen=True)
class Rival:
    """A second model that predicts the champion's flights from `since` on.

    In the step SHADOW it is the challenger, in CONFIRM the former champion.
    """

    version: Model
    since: date
    step: str


@dataclass
class Replay:
    """A year under a rule: the error of each answer, and the ledger."""

    year: Year
    since: date
    champion: Model
    errors: np.ndarray
    ledger: list[dict] = field(default_factory=list)
    rival: Rival | None = None

    def record(self, day: date, decision: str, version: Model, **evidence: object) -> None:
        """Append one decision to the ledger."""
        entry = {"day": f"{day}", "utc": f"{day}", "decision": decision, "version": f"{version}"}
        self.ledger.append({**entry, "by": loop_state.LOOP, **evidence})

    def switch(self, day: date, version: Model) -> None:
        """Let `version` answer from `day` on."""
        self.champion = version
        rest = self.year.between(day, self.year.last + A_DAY)
        self.errors[rest] = self.year.errors(version)[rest]

    @property
    def error(self) -> float:
        """Mean absolute error of all answers, in minutes."""
        return float(np.nanmean(self.errors))

    def entries(self, decision: str) -> list[dict]:
        """The ledger's entries with this decision, oldest first."""
        return [entry for entry in self.ledger if entry["decision"] == decision]
