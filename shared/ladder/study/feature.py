"""A better feature against a better loop: replay a past year's rules with fresh features.

    python -m ladder.study.feature FILE --since 2013-03-01 [--seed 7] [--only] [--out FILE]

FILE has the functions usual() and yesterday(), as mornings.py describes them. With --only neither
today's features, for comparison, nor the costs are measured.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated

import numpy as np
from typer import Argument
from typer import Option

from flighttime import ingest
from groundcrew import commands
from groundcrew import files
from ladder.study import backtest
from ladder.study import contenders
from ladder.study import costs
from ladder.study import hindsight
from ladder.study import mornings
from ladder.study import years
from ladder.study.backtest import MONDAY
from ladder.study.backtest import Replay
from ladder.study.fresh_years import FreshYear
from ladder.study.mornings import USUAL
from ladder.study.mornings import YESTERDAY
from ladder.study.years import A_DAY
from ladder.study.years import Year

RULES = {
    **{name: contenders.RULES[name] for name in ("never", "quarterly", "monthly")},
    "policy": contenders.ratio(),
}
EXTREMES = ["never", "monthly"]  # enough to see what a part of the feature does


def judge(year: Year, since: date, names: Iterable[str], title: str) -> dict[str, dict]:
    """The year under each of these rules."""
    found = {}
    for name in names:
        with commands.progress(f"{title}, {name}"):
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
        run = Replay(year, since, since, np.full(len(flights), np.nan))
        rows = year.between(since, year.last + A_DAY)
        run.errors[rows] = abs(minutes.to_numpy() - year.minutes)[rows]
        found[name] = measured(run)
    return found


def study(year: FreshYear, since: date) -> dict:
    """The year with fresh features only."""
    return {"fresh": judge(year, since, RULES, "fresh features"), "alone": alone(year, since)}


def parts(year: FreshYear, since: date) -> dict[str, dict]:
    """What is left of the gain without a part of it."""
    changed = {
        "without yesterday": year.variant(yesterday=1.0),
        "learns minutes": year.variant(ratio=False),
    }
    return {name: judge(one, since, EXTREMES, name) for name, one in changed.items()}


def main(
    file: Annotated[Path, Argument(help="has usual() and yesterday()")],
    since: commands.Day = None,
    seed: Annotated[
        int | None,
        Option(help="another year: the same weeks, in an order drawn with this number"),
    ] = None,
    only: Annotated[bool, Option(help="the fresh features only, without costs")] = False,
    out: Annotated[Path | None, Option(help="write the numbers to this file, as JSON")] = None,
) -> None:
    features, first = mornings.load(file), since or hindsight.first_release()
    table = ingest.TABLE.read()
    if seed is not None:
        table = years.resample(table, seed)
    with commands.progress("the features of each morning"):
        year = FreshYear(table, features)
    found = study(year, first) | {"skew": year.skew}
    if not only:
        found["today"] = judge(Year(table), first, RULES, "today's features")
    if not only and seed is None:
        found["parts"] = parts(year, first)
        with commands.progress("costs"):
            found["costs"] = costs.of(year, first)
    for name, judged in found["fresh"].items():
        commands.output(name, f"{judged['error']:.2f}")
    if out:
        files.write_json(out, found)


if __name__ == "__main__":
    commands.run(main)
