"""A better feature against a better loop: replay a past year's rules with fresh features.

    python -m ladder.study.feature FILE --since 2013-03-01 [--seed 7] [--measure today]... [--out F]

FILE has the functions usual() and yesterday(), as mornings.py describes them. Without --measure
only they are judged, and not today's features, the parts of the gain, or the costs.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated

import numpy as np
from typer import Argument
from typer import Option

from flighttime import ingest
from flighttime.features import TARGET
from groundcrew import commands
from groundcrew import files
from groundcrew.errors import UserError
from ladder.study import backtest
from ladder.study import contenders
from ladder.study import costs
from ladder.study import hindsight
from ladder.study import mornings
from ladder.study import years
from ladder.study.fresh_years import FreshYear
from ladder.study.mornings import USUAL
from ladder.study.mornings import YESTERDAY
from ladder.study.replayed import Replay
from ladder.study.rule import MONDAY
from ladder.study.years import A_DAY
from ladder.study.years import Model
from ladder.study.years import Year

RULES = {
    **{name: contenders.RULES[name] for name in ("never", "quarterly", "monthly")},
    "policy": contenders.ratio(),
}
MIN_FLIGHTS = 20  # the mean ratio of fewer flights is mostly chance
EXTREMES = ["never", "monthly"]  # enough to see what a part of the feature does


def judge(year: Year, since: date, names: Iterable[str]) -> dict[str, dict]:
    """The year under each of these rules."""
    found = {}
    for name in names:
        found[name] = result(backtest.replay(year, RULES[name], since))
    return found


def result(run: Replay) -> dict[str, float]:
    """Errors in minutes; `needless` counts retrainings without a gain."""
    return {
        **measured(run),
        "retrainings": len(run.entries("retrain")),
        "released": len(run.entries("released")),
        "needless": hindsight.needless(run),
    }


def measured(run: Replay) -> dict[str, float]:
    """The mean error of a replay, and that of its worst week."""
    days = (run.since + number * A_DAY for number in range((run.year.last - run.since).days - 5))
    weeks = [hindsight.week_error(run, day) for day in days if day.weekday() == MONDAY]
    return {"error": run.error, "worst_week": max(weeks)}


def alone(year: FreshYear, since: date) -> dict[str, dict]:
    """The features without any model: the usual minutes, and these times yesterday's ratio."""
    flights = year.flights
    found = {}
    for name, minutes in {
        "usual": flights[USUAL],
        "usual times yesterday": flights[USUAL] * flights[YESTERDAY],
    }.items():
        run = Replay(year, since, Model(since), np.full(len(flights), np.nan))
        rows = year.between(since, year.last + A_DAY)
        run.errors[rows] = abs(minutes.to_numpy() - year.minutes)[rows]
        found[name] = measured(run)
    return found


def wind(year: FreshYear, since: date) -> dict[str, float]:
    """How far the ratio of a day goes with that of the day before, by band of distances."""
    flights = year.flights.iloc[year.between(since, year.last + A_DAY)]
    ratio = flights[TARGET] / flights[USUAL]
    bands = ratio.groupby([flights["date"], flights[YESTERDAY]]).agg(["mean", "size"])
    large = bands[bands["size"] >= MIN_FLIGHTS].reset_index()
    return {
        "correlation": float(large["mean"].corr(large[YESTERDAY])),
        "lowest": float(large[YESTERDAY].min()),
        "highest": float(large[YESTERDAY].max()),
    }


def parts(year: FreshYear, since: date) -> dict[str, dict]:
    """What is left of the gain without a part of it."""
    changed = {
        "without yesterday": year.variant(yesterday=1.0),
        "learns minutes": year.variant(ratio=False),
    }
    return {name: judge(one, since, EXTREMES) for name, one in changed.items()}


def today(year: FreshYear, since: date) -> dict[str, dict]:
    """The rules with the features that the level has."""
    return judge(Year(year.flights), since, RULES)


def fresh(year: FreshYear, since: date) -> dict[str, dict]:
    """The rules with the fresh features too."""
    return judge(year, since, RULES)


MEASURES = {
    "fresh": fresh,
    "alone": alone,
    "wind": wind,
    "skew": lambda year, since: year.skew,
    "today": today,
    "parts": parts,
    "costs": costs.of,
}
QUICK = ["fresh", "alone", "skew"]


def main(
    file: Annotated[Path, Argument(help="has usual() and yesterday()")],
    since: commands.Day = None,
    seed: Annotated[
        int | None,
        Option(help="another year: the same weeks, in an order drawn with this number"),
    ] = None,
    measure: Annotated[
        list[str] | None,
        Option(help=f"some of {', '.join(MEASURES)} (default: {', '.join(QUICK)})"),
    ] = None,
    out: Annotated[Path | None, Option(help="write the numbers to this file, as JSON")] = None,
) -> None:
    if unknown := [name for name in measure or [] if name not in MEASURES]:
        raise UserError(f"--measure {unknown[0]}: choose among {', '.join(MEASURES)}")
    features, first = mornings.load(file), since or hindsight.first_release()
    table = ingest.TABLE.read()
    if seed is not None:
        table = years.resample(table, seed)
    with commands.progress("the features of each morning"):
        year = FreshYear(table, features)
    found: dict[str, dict] = {}
    for name in measure or QUICK:
        with commands.progress(name):
            found[name] = MEASURES[name](year, first)
    for name, judged in found.get("fresh", {}).items():
        commands.output(name, f"{judged['error']:.2f}")
    if out:
        files.write_json(out, found)


if __name__ == "__main__":
    commands.run(main)
