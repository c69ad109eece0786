"""How production does, week by week: predictions joined with landings, on the same flights.

python -m flighttime.monitor [--count 4]
"""

from dataclasses import asdict
from dataclasses import dataclass
from datetime import date
from datetime import timedelta

import pandas as pd

from flighttime import baseline
from flighttime import ingest
from flighttime import outcomes
from flighttime import tracking
from flighttime.features import TARGET
from flighttime.predictions import STORE
from groundcrew import commands
from groundcrew import registry
from groundcrew import settings
from groundcrew.predictions import counted

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """A week from Monday, errors in minutes or NaN; `certified` is that of its versions' holdouts.

    Of the `answers`, `labels` have landed, `cancelled` never will; the rest are awaited.
    """

    first: date
    answers: int
    labels: int
    cancelled: int
    mae: float
    bias: float
    route_median_mae: float
    certified: float
    failures: int
    p99_ms: float
    versions: dict[str, int]
    drift: dict[str, dict]
    left_out: counted.LeftOut

    @property
    def ratio(self) -> float:
        """The error over that of a median made every morning: how stale, whatever the winds."""
        return self.mae / self.route_median_mae


def weeks(today: date, count: int) -> list[Week]:
    """The last complete weeks, oldest first, with the landings published by `today`."""
    monday = today - timedelta(days=today.weekday())
    back = timedelta(days=settings.section("baseline")["window_days"])
    history = ingest.TABLE.read(since=monday - count * WEEK - back)
    return [measure(monday - number * WEEK, history, today) for number in range(count, 0, -1)]


def measure(first: date, history: pd.DataFrame, today: date) -> Week:
    """One week as far as its outcomes are known; route medians are made from `history`."""
    last = first + WEEK - timedelta(days=1)
    answers = STORE.outcomes(first, last, today)
    landed = answers[answers[TARGET].notna()].astype({"model": "category"})  # few versions
    error = landed["minutes"] - landed[TARGET]
    return Week(
        first,
        answers=len(answers),
        labels=len(landed),
        cancelled=int(answers["published"].notna().sum()) - len(landed),
        mae=float(error.abs().mean()),
        bias=float(error.mean()),
        route_median_mae=baseline.daily_error(history, landed),
        certified=float(landed["model"].map(registry.certified_error).astype("float64").mean()),
        failures=STORE.failures(first, last),
        p99_ms=float(answers["milliseconds"].astype("float64").quantile(0.99)),
        versions=answers["model"].value_counts().to_dict(),
        drift=tracking.drift(answers),
        left_out=counted.left_out(first, last),
    )


def ages(today: date) -> dict[str, int]:
    """Freshness in days: of the newest landing, the newest features, the champion's training."""
    newest = {"labels": STORE.last_landing(), "features": ingest.TABLE.newest("date")}
    if champion := registry.champion():
        newest["champion"] = date.fromisoformat(registry.lineage(champion)["trained_until"])
    return {name: (today - day).days for name, day in newest.items() if day}


def store(measured: list[Week], today: date) -> None:
    """Keep the weeks for mission control; what was known of them before is replaced."""
    rows = [asdict(week) | {"first": f"{week.first}", "ratio": week.ratio} for week in measured]
    STORE.put_weeks([*rows[:-1], rows[-1] | {"ages": ages(today)}])


def main(*, today: commands.Today, count: commands.Count = 4) -> None:
    outcomes.update(today)
    measured = weeks(today, count)
    store(measured, today)
    for week in measured:
        error = f"mean error {week.mae:.2f} minutes, {week.ratio:.2f} times the route median's"
        print(f"week of {week.first}: {week.answers:,} answers, {week.labels:,} landings, {error}")
    commands.outputs(ages(today))


if __name__ == "__main__":
    commands.run(main)
