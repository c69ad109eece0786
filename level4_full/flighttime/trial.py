"""Shadow before, probation after: who is to answer is judged on the very flights that both have answered.

    python -m flighttime.trial --version 7
    python -m flighttime.trial
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

WAITS = "waits"
PASSED = "passed"
FAILED = "failed"


@dataclass(frozen=True)
class Judged:
    """How a version did beside another, in minutes on the same flights."""

    outcome: str
    flights: int
    error: float = float("nan")
    other: float = float("nan")

    @property
    def loss(self) -> float:
        return self.error - self.other


def judge(errors_one: Sequence[float], errors_other: Sequence[float], rule: dict, stage: str = "trial") -> Judged:
    """Compare two versions' errors on the same flights, oldest first; `stage` is trial or probation, each with its numbers."""
    flights = len(errors_one)
    if flights < rule[f"{stage}_flights"]:
        return Judged(WAITS, flights)
    error, other = fmean(map(abs, errors_one)), fmean(map(abs, errors_other))
    outcome = FAILED if error - other > rule[f"{stage}_loss"] else PASSED
    return Judged(outcome, flights, error, other)
