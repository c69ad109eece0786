"""Compare rules for retraining on one past year: error against number of retrainings.

    python -m ladder.study.hindsight [RULE]... [--since 2013-03-01] [--seed 7] [--out FILE]

The replay begins on the day --since, by default that of the first release in the ledger.

The comparison uses what was not known on the day, such as how well a new model would have done in
the week to come. So it judges a rule afterwards; no rule may decide by it.
"""

from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Annotated

import pandas as pd
from typer import Argument
from typer import Option

from flighttime import ingest
from groundcrew import commands
from groundcrew import files
from groundcrew import ledger
from groundcrew.errors import UserError
from ladder.study import backtest
from ladder.study import years
from ladder.study.backtest import A_WEEK
from ladder.study.contenders import RULES
from ladder.study.replayed import Replay
from ladder.study.rule import MONDAY
from ladder.study.rule import Rule
from ladder.study.years import A_DAY
from ladder.study.years import Model
from ladder.study.years import Year

DAYS_TO_COMPARE = 14
STALE_MINUTES = 0.5
# A model a day takes minutes.
QUICK = [name for name in RULES if name != "daily-certified"]
HEADER = (
    f"{'rule':<22}{'minutes':>8}{'worst week':>12}{'retrainings':>13}{'released':>10}"
    f"{'needless':>10}{'stale weeks':>13}{'days to act':>13}"
)


@dataclass(frozen=True)
class Judgement:
    """The result of a rule; errors in minutes.

    `needless` counts retrainings without a gain, `stale` weeks in which a new model was due, and
    `days_to_act` is the mean wait from the first stale Monday to the next retraining.
    """

    error: float
    worst_week: float
    retrainings: int
    released: int
    needless: int
    stale: int
    days_to_act: float | None


def judge(year: Year, rule: Rule, since: date) -> Judgement:
    """Replay the year under a rule, then measure the replay against models of every Monday."""
    run = backtest.replay(year, rule, since)
    days = map(pd.Timestamp.date, pd.date_range(since, year.last - 6 * A_DAY))
    weeks = [day for day in days if day.weekday() == MONDAY]
    due = [monday for monday in weeks if is_stale(run, monday)]
    waits = days_to_act(run, due)
    return Judgement(
        error=run.error,
        worst_week=max(week_error(run, monday) for monday in weeks),
        retrainings=len(run.entries("retrain")),
        released=len(run.entries("released")),
        needless=needless(run),
        stale=len(due),
        days_to_act=sum(waits) / len(waits) if waits else None,
    )


def week_error(run: Replay, monday: date) -> float:
    """Mean absolute error of the answers of the week that begins on `monday`."""
    return float(run.errors[run.year.between(monday, monday + A_WEEK)].mean())


def is_stale(run: Replay, monday: date) -> bool:
    """Whether a model of this morning would be better by over STALE_MINUTES in the week to come."""
    week = run.year.between(monday, monday + A_WEEK)
    return bool((run.errors[week] - run.year.errors(Model(monday))[week]).mean() > STALE_MINUTES)


def days_to_act(run: Replay, due: list[date]) -> list[int]:
    """Days from the first Monday of consecutive stale weeks to their retraining, if any."""
    retrainings = [date.fromisoformat(entry["day"]) for entry in run.entries("retrain")]
    waits = []
    for begin in due:
        if begin - A_WEEK in due:
            continue
        end = next(monday for monday in mondays(begin) if monday not in due)
        waits += [(day - begin).days for day in retrainings if begin <= day <= end][:1]
    return waits


def mondays(first: date) -> Iterator[date]:
    return (first + number * A_WEEK for number in count())


def needless(run: Replay) -> int:
    """Retrainings without a gain: not released, or no better in the two weeks after the release."""
    gained = 0
    for entry in run.entries("released"):
        old, new = Model.named(entry["before"]), Model.named(entry["version"])
        day = date.fromisoformat(entry["day"])
        after = run.year.between(day, day + timedelta(days=DAYS_TO_COMPARE))
        gained += bool((run.year.errors(old)[after] - run.year.errors(new)[after]).mean() > 0)
    return len(run.entries("retrain")) - gained


def compare(year: Year, since: date, names: Sequence[str]) -> dict[str, Judgement]:
    """Judge each of these rules on the same year.

    Raises UserError for an unknown rule and for a year with less than two weeks to replay.
    """
    if unknown := [name for name in names if name not in RULES]:
        raise UserError(f"there is no rule {unknown[0]!r}: choose among {', '.join(RULES)}")
    if since + 2 * A_WEEK > year.last:
        raise UserError(
            f"from {since} to {year.last}, the last landing, is less than two weeks: "
            "choose an earlier --since"
        )
    judged = {}
    for name in names:
        with commands.progress(name):
            judged[name] = judge(year, RULES[name], since)
    return judged


def row(name: str, judged: Judgement) -> str:
    """A line of the table under HEADER."""
    days = "" if judged.days_to_act is None else f"{judged.days_to_act:.0f}"
    return (
        f"{name:<22}{judged.error:>8.2f}{judged.worst_week:>12.2f}{judged.retrainings:>13}"
        f"{judged.released:>10}{judged.needless:>10}{judged.stale:>13}{days:>13}"
    )


def first_release() -> date:
    """The day of the ledger's first release; raises UserError where there is none."""
    days = [entry["day"] for entry in ledger.entries() if entry["decision"] == "released"]
    if not days:
        raise UserError("the ledger has no release, so name the first day with --since")
    return date.fromisoformat(days[0])


def main(
    rules: Annotated[
        list[str] | None,
        Argument(help=f"some of {', '.join(RULES)} (default: all but daily-certified)"),
    ] = None,
    since: commands.Day = None,
    seed: Annotated[
        int | None,
        Option(help="replay another year: the same weeks, in an order drawn with this number"),
    ] = None,
    out: Annotated[
        Path | None,
        Option(help="also write the numbers to this file, as JSON"),
    ] = None,
) -> None:
    table = ingest.TABLE.read()
    year = Year(table if seed is None else years.resample(table, seed))
    judged = compare(year, since or first_release(), rules or QUICK)
    print(HEADER)
    for name, judgement in judged.items():
        print(row(name, judgement))
    if out:
        files.write_json(out, {name: asdict(judgement) for name, judgement in judged.items()})


if __name__ == "__main__":
    commands.run(main)
