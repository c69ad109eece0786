"""Days of the feed that a named person accepts as they are, with the reason: the ledger has both.

python -m groundcrew.accepted_days --first 2013-05-01 --last 2013-05-07 --by Kim --reason "a strike"
"""

from dataclasses import replace
from datetime import date
from datetime import timedelta

import pandas as pd

from groundcrew import commands
from groundcrew import ledger
from groundcrew.errors import UserError
from groundcrew.feed import Delivery

ACCEPTED = "days accepted"
MAX_DAYS = 92  # of one acceptance; a longer time is rather a mistyped day


def accept(
    first: date, last: date, by: str, reason: str, today: date, *, labels: bool = False
) -> None:
    """Record that these days count as they are; with `labels`, that their air times are right too.

    Raises UserError if the reason or the approver is missing, or the days are not past days.
    """
    for option, text in {"by": by, "reason": reason}.items():
        if not text.strip():
            raise UserError(
                f"the acceptance has an empty --{option}: say who accepts the days, and why"
            )
    if not timedelta(0) <= last - first < timedelta(days=MAX_DAYS) or last >= today:
        raise UserError(
            f"{first} to {last} are not 1 to {MAX_DAYS} days before {today}: "
            "give the first and the last day to accept",
        )
    evidence = {"first": f"{first}", "last": f"{last}", "labels": labels}
    ledger.record(today, ACCEPTED, None, by=by, reason=reason, evidence=evidence)


def accepted(*, labels: bool = False) -> pd.DatetimeIndex:
    """Every day that a person has accepted; with `labels`, those whose air times are right too."""
    spans = [entry["evidence"] for entry in ledger.entries() if entry["decision"] == ACCEPTED]
    spans = [span for span in spans if span["labels"] or not labels]
    days = [day for span in spans for day in pd.date_range(span["first"], span["last"])]
    return pd.DatetimeIndex(days).unique().as_unit("us")


def without(delivery: Delivery) -> Delivery:
    """The delivery without its accepted days, for the rules that judge a delivery as a whole."""
    days, weather = accepted(), delivery.weather
    flights = delivery.flights[~delivery.flights["date"].isin(days)]
    observed = pd.to_datetime(weather[["year", "month", "day"]])
    return replace(delivery, flights=flights, weather=weather[~observed.isin(days)])


def main(
    *,
    first: commands.RequiredDay,
    last: commands.RequiredDay,
    by: str,
    reason: str,
    today: commands.Today,
    labels: bool = False,
) -> None:
    accept(first, last, by, reason, today, labels=labels)
    commands.output("accepted", f"{first} to {last}")


if __name__ == "__main__":
    commands.run(main)
