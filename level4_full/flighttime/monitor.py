"""How production does, week by week: answers joined with landings, beside the route median on the same flights.

    python -m flighttime.monitor
"""

import argparse
from dataclasses import dataclass
from datetime import date
from datetime import timedelta

import pandas as pd

from flighttime import baseline
from flighttime import ingest
from flighttime import observe
from flighttime import production
from flighttime import settings
from flighttime import steps
from flighttime import tracking
from flighttime.features import TARGET

A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """A week of production, Monday to Sunday; errors in minutes, NaN where nothing landed."""

    first: date
    answers: int
    labels: int
    mae: float
    bias: float
    route_median_mae: float

    @property
    def ratio(self) -> float:
        """The model's error over that of an always fresh forecast: staleness, whatever the winds."""
        return self.mae / self.route_median_mae if self.route_median_mae else float("nan")


def weeks(today: date, count: int) -> list[Week]:
    """The last `count` complete weeks, oldest first, with the landings published by `today`."""
    monday = today - timedelta(days=today.weekday())
    first = monday - count * A_WEEK
    table = ingest.read(since=first - timedelta(days=settings.tuned("baseline")["window_days"]))
    published = table[table["published"] <= pd.Timestamp(today)]
    return [week(monday - number * A_WEEK, published) for number in range(count, 0, -1)]


def week(first: date, table: pd.DataFrame) -> Week:
    """One week of production, as far as `table` knows what came of it."""
    last = first + timedelta(days=6)
    answers = observe.read(first, last)
    landed = table[table["date"].between(f"{first}", f"{last}") & table[TARGET].notna()]
    landed = landed.merge(answers[["flight_id", "minutes"]], on="flight_id")
    errors = landed["minutes"] - landed[TARGET]
    median_errors = fresh_medians(table, landed) - landed[TARGET]
    return Week(
        first,
        len(answers),
        len(landed),
        float(errors.abs().mean()),
        float(errors.mean()),
        # On the same flights or not at all.
        float(median_errors.abs().mean(skipna=False)),
    )


def fresh_medians(table: pd.DataFrame, landed: pd.DataFrame) -> pd.Series:
    """What the route median would have said of each flight, made anew every morning."""
    days = [baseline.route_median(table, day.date(), flights) for day, flights in landed.groupby("date")]
    return pd.concat(days) if days else pd.Series(dtype="float64")


def ages(today: date) -> dict[str, int]:
    """Days since the newest landing was published, and since the last day that the champion learned from."""
    learned_until = date.fromisoformat(tracking.lineage(production.current().version)["trained_until"])
    return {"labels": (today - ingest.last_published()).days, "champion": (today - learned_until).days}


def told(week: Week) -> str:
    counts = f"week of {week.first}: {week.answers:,} answers, {week.labels:,} landings"
    if not week.labels:
        return f"{counts}, no error to measure"
    return f"{counts}, mean error {week.mae:.2f} minutes, {week.ratio:.2f} times the route median's"


def main(arguments: argparse.Namespace) -> None:
    for seen in weeks(arguments.today, arguments.weeks):
        print(told(seen))
    for name, days in ages(arguments.today).items():
        steps.output(f"age_of_{name}", f"{days} days")


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--weeks", type=int, default=4)
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
