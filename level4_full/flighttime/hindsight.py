"""Which rule would have been best: schedules and triggers on the same year, error against number of retrainings.

    python -m flighttime.hindsight [--since 2013-03-01] [--seed 7] [--rules monthly ratio-1.1] [--out FILE]

With hindsight, so that nobody decides by it on the day: the year is over, and was one of many that might have been.
"""

import argparse
import json
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from itertools import count
from pathlib import Path

import pandas as pd

from flighttime import backtest
from flighttime import files
from flighttime import ingest
from flighttime import ledger
from flighttime import steps
from flighttime import years
from flighttime.backtest import A_WEEK
from flighttime.backtest import MONDAY
from flighttime.backtest import Replay
from flighttime.backtest import Rule
from flighttime.contenders import RULES
from flighttime.errors import Refused
from flighttime.years import A_DAY
from flighttime.years import Year

DAYS_TO_COMPARE = 14
STALE = 0.5  # minutes that a model made this morning would be better by, in the week to come
# A model a day takes minutes.
QUICK = [name for name in RULES if name != "daily"]


@dataclass(frozen=True)
class Judgement:
    """What a rule came to; errors in minutes. `needless` brought nothing, `stale` are weeks in which a new model was due."""

    error: float
    worst_week: float
    retrainings: int
    released: int
    needless: int
    stale: int
    days_to_act: float | None


def judge(year: Year, rule: Rule, since: date) -> Judgement:
    """Replay the year under a rule and look at what came of it, with models that nobody could have had in time."""
    this = backtest.replay(year, rule, since)
    weeks = [day.date() for day in pd.date_range(since, year.last - 6 * A_DAY) if day.weekday() == MONDAY]
    due = [monday for monday in weeks if stale(this, monday)]
    waits = waited(this, due)
    return Judgement(
        error=this.error,
        worst_week=max(float(this.errors[year.between(monday, monday + A_WEEK)].mean()) for monday in weeks),
        retrainings=len(this.entries("retrain")),
        released=len(this.entries("released")),
        needless=needless(this),
        stale=len(due),
        days_to_act=sum(waits) / len(waits) if waits else None,
    )


def stale(this: Replay, monday: date) -> bool:
    """Whether a model trained this morning would have been better by more than STALE in the week that begins."""
    ahead = this.year.between(monday, monday + A_WEEK)
    return bool((this.errors[ahead] - this.year.errors(monday)[ahead]).mean() > STALE)


def waited(this: Replay, due: list[date]) -> list[int]:
    """Days from the first Monday of each stale spell to the retraining that answered it; a spell that nobody answered has none."""
    waits = []
    for begin in due:
        if begin - A_WEEK in due:
            continue
        end = next(monday for monday in mondays(begin) if monday not in due)
        answers = [day for entry in this.entries("retrain") if begin <= (day := date.fromisoformat(entry["day"])) <= end]
        waits += [(day - begin).days for day in answers[:1]]
    return waits


def mondays(first: date) -> Iterator[date]:
    return (first + number * A_WEEK for number in count())


def needless(this: Replay) -> int:
    """Retrainings that brought nothing: refused, or no better than the model before on the flights of the next two weeks."""
    worth = 0
    for entry in this.entries("released"):
        day, old, new = (date.fromisoformat(entry[name]) for name in ("day", "before", "version"))
        ahead = this.year.between(day, day + timedelta(days=DAYS_TO_COMPARE))
        worth += bool((this.year.errors(old)[ahead] - this.year.errors(new)[ahead]).mean() > 0)
    return len(this.entries("retrain")) - worth


def compare(year: Year, since: date, names: Sequence[str]) -> dict[str, Judgement]:
    """Each of these rules on the same year; raises Refused for one that is not known or a year with nothing to replay."""
    if unknown := [name for name in names if name not in RULES]:
        raise Refused(f"there is no rule {unknown[0]!r}: choose among {', '.join(RULES)}")
    if since + 2 * A_WEEK > year.last:
        raise Refused(f"from {since} to {year.last}, the last landing, are no two weeks: choose an earlier --since")
    judged = {}
    for name in names:
        with steps.waiting(name):
            judged[name] = judge(year, RULES[name], since)
    return judged


def told(name: str, found: Judgement) -> str:
    wait = "" if found.days_to_act is None else f"{found.days_to_act:.0f}"
    return (
        f"{name:<12}{found.error:>8.2f}{found.worst_week:>12.2f}{found.retrainings:>13}{found.released:>10}"
        f"{found.needless:>10}{found.stale:>13}{wait:>13}"
    )


def first_release() -> date:
    days = [entry["day"] for entry in ledger.entries() if entry["decision"] == "released"]
    if not days:
        raise Refused("nothing was ever released, so there is no day to begin with: name one with --since")
    return date.fromisoformat(days[0])


def main(arguments: argparse.Namespace) -> None:
    table = ingest.read()
    year = Year(table if arguments.seed is None else years.other(table, arguments.seed))
    judged = compare(year, arguments.since or first_release(), arguments.rules)
    print(f"{'rule':<12}{'minutes':>8}{'worst week':>12}{'retrainings':>13}{'released':>10}{'needless':>10}{'stale weeks':>13}{'days to act':>13}")
    for name, found in judged.items():
        print(told(name, found))
    if arguments.out:
        found = {name: asdict(judgement) for name, judgement in judged.items()}
        files.write_whole(arguments.out, lambda path: path.write_text(json.dumps(found, indent=1), encoding="utf-8"))


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--since", type=date.fromisoformat, help="the day of the first release (default: the ledger's)")
    parser.add_argument("--seed", type=int, help="another year, of the same weeks in an order that is drawn with this number")
    parser.add_argument("--rules", nargs="+", default=QUICK, help=f"some of {', '.join(RULES)} (default: all but daily)")
    parser.add_argument("--out", type=Path, help="also write the numbers to this file, as JSON")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
