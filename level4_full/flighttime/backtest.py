"""What a rule for retraining would have cost in a year that is over: the loop run through it again, in seconds.

Gate, trial and probation are those of production, and so is what was known on which day. Models are
trained where the rule asks for them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta

import numpy as np
import pandas as pd

from flighttime import course
from flighttime import settings
from flighttime import trial
from flighttime import verdict
from flighttime import years
from flighttime.years import A_DAY
from flighttime.years import Year

A_WEEK = 7 * A_DAY
MONDAY = 0
WEEKS_SEEN = 8


@dataclass(frozen=True)
class Seen:
    """A week of production as a rule sees it on a Monday; mean absolute errors in minutes, NaN where nothing landed."""

    first: date
    labels: int
    mae: float
    route_median_mae: float
    certified: float
    flights: pd.DataFrame
    learned_from: pd.DataFrame

    @property
    def ratio(self) -> float:
        return self.mae / self.route_median_mae


@dataclass(frozen=True)
class Rule:
    """Whether to retrain, asked on the days on which somebody looks (Mondays): given the weeks so far, the day, the ledger."""

    wants: Callable[[list[Seen], date, list[dict]], bool]
    looks: Callable[[date], bool] = lambda day: day.weekday() == MONDAY


@dataclass
class Replay:
    """A year under a rule: what each flight's answer erred, and the ledger. A version is named by the day of its training."""

    year: Year
    since: date
    champion: date
    errors: np.ndarray
    ledger: list[dict] = field(default_factory=list)
    beside: "Beside | None" = None

    def note(self, day: date, decision: str, version: date, **evidence: object) -> None:
        self.ledger.append({"day": f"{day}", "decision": decision, "version": f"{version}", "by": course.BY, **evidence})

    def switch(self, day: date, version: date) -> None:
        self.champion = version
        rest = self.year.between(day, self.year.last + A_DAY)
        self.errors[rest] = self.year.errors(version)[rest]

    @property
    def error(self) -> float:
        """Mean absolute error of all answers, in minutes."""
        return float(np.nanmean(self.errors))

    def entries(self, decision: str) -> list[dict]:
        return [entry for entry in self.ledger if entry["decision"] == decision]


@dataclass(frozen=True)
class Beside:
    """A model that answers the same flights as the champion, from a day on: on trial, or the one before, in probation."""

    version: date
    since: date
    on_trial: bool


def replay(year: Year, rule: Rule, since: date) -> Replay:
    """The loop from a day on, with the model trained on that day as its first."""
    this = Replay(year, since, since, np.full(len(year.flights), np.nan))
    this.switch(since, since)
    for day in map(pd.Timestamp.date, pd.date_range(since + A_DAY, year.last)):
        if this.beside:
            settle(this, day, settings.tuned("policy"))
        if rule.looks(day) and not this.beside and rule.wants(weeks(this, day), day, this.ledger):
            certify(this, day, settings.tuned("certify"))
    return this


def weeks(this: Replay, today: date) -> list[Seen]:
    """The last complete weeks since the replay began, oldest first, as far as their landings are published."""
    monday = today - timedelta(days=today.weekday())
    count = min(WEEKS_SEEN, -((this.since - monday) // A_WEEK))
    return [week(this, monday - number * A_WEEK, today) for number in range(count, 0, -1)]


def week(this: Replay, first: date, today: date) -> Seen:
    landed = this.year.known(max(first, this.since), today)
    landed = landed[landed < this.year.between(first, first + A_WEEK).stop]
    certified = this.year.errors(this.champion)[this.year.between(years.unseen(this.champion), this.champion)]
    model, median = (errors[landed].mean() if len(landed) else np.nan for errors in (this.errors, this.year.median_errors))
    learned_from = this.year.flights[this.year.learned(this.champion)]
    flights = this.year.flights.iloc[landed]
    return Seen(first, len(landed), float(model), float(median), float(certified.mean()), flights, learned_from)


def certify(this: Replay, today: date, gate: dict) -> None:
    """Train, and let the gate judge on what neither model has seen; who passes goes on trial from this day on."""
    this.note(today, "retrain", this.champion)
    this.note(today, "trained", today)
    new = this.year.known(max(years.unseen(today), years.unseen(this.champion)), today)
    errors = {
        "challenger": this.year.errors(today)[new],
        "champion": this.year.errors(this.champion)[new],
        "route median": this.year.median_errors[new],
    }
    flights = this.year.flights.loc[new, ["date", "carrier", "origin", "distance"]].assign(**errors)
    outcome, reason = verdict.judge(verdict.weigh(flights, gate), gate)
    this.note(today, outcome, today, reason=reason)
    if outcome == "PROMOTE":
        this.note(today, "on trial", today)
        this.beside = Beside(today, today, on_trial=True)


def settle(this: Replay, today: date, rule: dict) -> None:
    """End a trial or a probation once enough flights have landed that both have answered."""
    beside = this.beside
    stage, version, other = ("trial", beside.version, this.champion) if beside.on_trial else ("probation", this.champion, beside.version)
    both = this.year.known(beside.since, today)
    judged = trial.judge(this.year.errors(version)[both], this.year.errors(other)[both], rule, stage)
    if judged.outcome == trial.WAITS:
        return
    passed, this.beside = judged.outcome == trial.PASSED, None
    told = judged.why(f"{other}")
    if stage == "trial" and passed:
        this.note(today, "trial won", version, **told)
        this.note(today, "released", version, before=f"{other}")
        this.note(today, "on probation", version)
        this.beside = Beside(other, today, on_trial=False)
        this.switch(today, version)
    elif stage == "trial":
        this.note(today, "trial lost", version, **told)
    elif passed:
        this.note(today, "confirmed", version, **told)
    else:
        this.note(today, "rolled back to", other, **told)
        this.switch(today, other)
