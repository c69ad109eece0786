"""How production does, week by week: answers joined with landings, beside the route median on the same flights.

    python -m flighttime.monitor [--weeks 4] [--window day]
"""

import argparse
from collections import Counter
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from datetime import timedelta
from math import nan

import numpy as np
import pandas as pd
import sqlalchemy as sql

from flighttime import baseline
from flighttime import certificates
from flighttime import drift
from flighttime import ingest
from flighttime import observe
from flighttime import production
from flighttime import series
from flighttime import settings
from flighttime import slices
from flighttime import steps
from flighttime import store
from flighttime import tracking
from flighttime import truth
from flighttime import versions
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.features import TARGET

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
WINDOWS = {"day": A_DAY, "week": A_WEEK}
# What came of the flights that were answered, as far as it had been published.
MET = f"""
SELECT given.flight_id, {", ".join(FEATURES)}, minutes, model, milliseconds, air_time, published, days_late, corrections
FROM predictions AS given
LEFT JOIN landings ON landings.flight_id = given.flight_id AND landings.published <= :today
WHERE number IN {observe.COUNTS}
"""
TOLD = "SELECT count(*) FROM landings WHERE flight_id >= :first AND flight_id < :beyond AND published <= :today"
FAILED = "SELECT coalesce(sum(number), 0) FROM failures WHERE day >= :first AND day < :beyond"
FRESH = """
SELECT max(CASE WHEN air_time IS NOT NULL THEN published END) AS labels, max(date) AS timetable,
max(CASE WHEN visib IS NOT NULL THEN date END) AS weather, max(CASE WHEN seats IS NOT NULL THEN date END) AS planes
FROM kept WHERE published <= '{today}'
"""


@dataclass(frozen=True)
class Week:
    """A week of production, Monday to Sunday; errors in minutes, NaN where nothing landed.

    Of the flights that were answered, `labels` have landed, `never` will not, and of `waiting` there is no word yet; of
    `unknown` there is, but nobody had asked. `certified` is the error that the gate found for who answered. What is
    newest knows the `ages` of what production lives on, in days.
    """

    first: date
    answers: int
    labels: int
    mae: float
    bias: float
    route_median_mae: float
    waiting: int = 0
    never: int = 0
    late: int = 0
    corrected: int = 0
    unknown: int = 0
    certified: float = nan
    failures: int = 0
    p50_ms: float = nan
    p99_ms: float = nan
    versions: dict[str, int] = field(default_factory=dict)
    slices: dict[str, float] = field(default_factory=dict)
    drift: dict[str, dict[str, float | None]] = field(default_factory=dict)
    ages: dict[str, int | None] = field(default_factory=dict)
    days: int = 7

    @property
    def ratio(self) -> float:
        """The model's error over that of an always fresh forecast: staleness, whatever the winds."""
        return self.mae / self.route_median_mae if self.route_median_mae else nan

    @property
    def coverage(self) -> float:
        """How many of the answers have met their landing."""
        return self.labels / self.answers if self.answers else nan

    @property
    def over_certified(self) -> float:
        return self.mae / self.certified if self.certified else nan


def weeks(today: date, count: int, window: timedelta = A_WEEK) -> list[Week]:
    """The last `count` complete weeks (or days), oldest first, with the landings published by `today`."""
    if count < 1:
        raise Refused(f"{count} windows are none to look at: ask for 1 or more")
    truth.take_in(today)
    beyond = today - timedelta(days=today.weekday()) if window == A_WEEK else today
    firsts = [beyond - number * window for number in range(count, 0, -1)]
    back = timedelta(days=settings.tuned("baseline")["window_days"])
    table = ingest.read(since=firsts[0] - back)[["date", "published", *baseline.ROUTE, "distance", TARGET]]
    landed = table[(table["published"] <= pd.Timestamp(today)) & table[TARGET].notna()]
    spans = {first: landed["date"].between(f"{first - back}", f"{first + window}") for first in firsts}
    *older, newest = [week(first, landed[span], today, window.days) for first, span in spans.items()]
    return [*older, replace(newest, ages=ages(today))]


def week(first: date, table: pd.DataFrame, today: date, days: int = 7) -> Week:
    """One week of production, as far as it is known by `today` what came of it; the medians are made of `table`."""
    asked = observe.span(first, first + timedelta(days=days - 1)) | {"today": f"{today}"}
    with store.transaction() as connection:
        answers = pd.read_sql_query(sql.text(MET), connection, params=asked)
        told, failed = (connection.scalar(sql.text(query), asked) for query in (TOLD, FAILED))
    answers = answers.sort_values("flight_id", ignore_index=True)
    heard, landed = answers["published"].notna(), answers[answers[TARGET].notna()]
    landed = landed.assign(error=landed["minutes"] - landed[TARGET], date=pd.to_datetime(landed["flight_id"].str[:10]))
    median_errors = fresh_medians(table, landed) - landed[TARGET]
    counted = Counter(answers["model"])
    return Week(
        first,
        len(answers),
        len(landed),
        mean(landed["error"].abs()),
        mean(landed["error"]),
        # On the same flights or not at all.
        mean(median_errors.abs()),
        waiting=int((~heard).sum()),
        never=int(heard.sum()) - len(landed),
        late=int((answers["days_late"] > 0).sum()),
        corrected=int((answers["corrections"] > 0).sum()),
        unknown=told - int(heard.sum()),
        certified=certified(Counter(landed["model"])),
        failures=int(failed),
        p50_ms=quantile(answers, 0.5),
        p99_ms=quantile(answers, 0.99),
        versions=dict(counted.most_common()),
        slices={name[4:]: mae for name, mae in slices.by_slice(landed).items() if name.startswith("mae/")} if len(landed) else {},
        drift=drift.of(answers, counted.most_common(1)[0][0]) if counted else {},
        days=days,
    )


def quantile(answers: pd.DataFrame, share: float) -> float:
    """Milliseconds within which this share was answered; what was scored as a file took none that anybody waited for."""
    return known(answers["milliseconds"].astype("float64").quantile(share))


def mean(errors: pd.Series) -> float:
    return known(errors.mean(skipna=False))


def known(number: float) -> float:
    """The number, or the one and only NaN, which is equal to itself where weeks are compared."""
    return nan if np.isnan(number) else float(number)


def certified(labels: Counter) -> float:
    """The error that the gate found for those who answered, each with the weight of its labels."""
    errors = [certified_error(version) for version in labels]
    return known(np.average(errors, weights=list(labels.values()))) if labels else nan


def certified_error(version: str) -> float:
    """From the version's certificate or, without one, from the record of its training."""
    try:
        known = certificates.read(version).mean_errors.get("challenger")
        return tracking.lineage(version)["metrics"]["mae"] if known is None else known
    except Refused:
        return nan


def fresh_medians(table: pd.DataFrame, landed: pd.DataFrame) -> pd.Series:
    """What the route median would have said of each flight, made anew every morning."""
    days = [baseline.route_median(table, day.date(), flights) for day, flights in landed.groupby("date")]
    return pd.concat(days) if days else pd.Series(dtype="float64")


def ages(today: date) -> dict[str, int | None]:
    """Days since the newest landing was published, since the newest inputs, and since the champion's last day of school."""
    newest = versions.read(ingest.place(), query=FRESH.format(today=today)).iloc[0]
    days = {name: None if pd.isna(day) else (today - day.date()).days for name, day in newest.items()}
    if champion := production.released():
        days["champion"] = (today - date.fromisoformat(tracking.lineage(champion)["trained_until"])).days
    return days


def told(week: Week) -> str:
    counts = f"{'week of ' if week.days == 7 else ''}{week.first}: {week.answers:,} answers, {week.labels:,} landings"
    if not week.labels:
        return f"{counts}, no error to measure"
    return f"{counts}, mean error {week.mae:.2f} minutes, {week.ratio:.2f} times the route median's"


def main(arguments: argparse.Namespace) -> None:
    seen = weeks(arguments.today, arguments.weeks, WINDOWS[arguments.window])
    for one in seen:
        print(told(one))
    series.store(seen)
    if far := drift.moved(seen[-1].drift):
        print(f"far from what the model learned from: {', '.join(far)}")
    for name, days in seen[-1].ages.items():
        steps.output(f"age_of_{name}", f"{days} days")


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--weeks", type=int, default=4, help="how many windows to look at (default: 4)")
    parser.add_argument("--window", choices=WINDOWS, default="week", help="how long each is (default: a week)")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
