"""Rules about the days of a delivery: how many flights a day has, and how they are shared out."""

from collections.abc import Iterator
from datetime import timedelta

import pandas as pd

from groundcrew import accepted_days
from groundcrew.feed import Delivery
from groundcrew.feed.contract import violations

REMEDY = (
    "if these days are right as they are, accept them: python -m groundcrew.accepted_days "
    "--first {:%Y-%m-%d} --last {:%Y-%m-%d} --by NAME --reason TEXT"
)


def complete_days(delivery: Delivery) -> pd.DatetimeIndex:
    """The days that a delivery covers, without accepted ones.

    Yesterday counts once a flight of it is published.
    """
    days = delivery.flights["date"]
    yesterday = pd.Timestamp(delivery.until) - timedelta(days=1)
    # From the last delivery's day on; the first delivery has none, and begins with a month.
    first = pd.Series([delivery.after, days.min().replace(day=1)], dtype="datetime64[us]").max()
    if pd.isna(first):
        return pd.DatetimeIndex([])
    last = yesterday if (days == yesterday).any() else yesterday - timedelta(days=1)
    return pd.date_range(first, last).difference(accepted_days.accepted())


def unusual_counts(delivery: Delivery, usual: tuple[int, int]) -> Iterator[str]:
    """Days with fewer or more flights than `usual`."""
    counts = delivery.flights["date"].value_counts().reindex(complete_days(delivery), fill_value=0)
    rule = "flights must be {} to {:,} a day".format(*usual)
    yield from acceptable(rule, counts[~counts.between(*usual)])


def unusual_shares(
    delivery: Delivery, usual: dict[str, dict[str, float]], times: tuple[float, float]
) -> Iterator[str]:
    """Days on which a value of a column has not its usual share of the flights.

    `usual` is the share by column and value; a day may have it `times` so often.
    """
    days = complete_days(delivery)
    flights = delivery.flights[delivery.flights["date"].isin(days)]
    low, high = times
    for column, shares in usual.items():
        counts = flights.groupby(["date", column]).size().unstack(fill_value=0)
        found = counts.div(counts.sum(axis=1), axis=0)
        for value, share in shares.items():
            of_day = found[value] if value in found else pd.Series(0.0, index=found.index)
            odd = of_day[~of_day.between(low * share, high * share)]
            rule = f"{column} {value} must have {low * share:.1%} to {high * share:.1%} of a day"
            yield from acceptable(rule, odd)


def day_violations(rule: str, odd: pd.Series) -> Iterator[str]:
    """The violation of a rule by the days that index `odd`, if there are any."""
    if odd.empty:
        return
    cases = odd.to_frame().assign(day=odd.index.strftime("on %Y-%m-%d"))
    yield from violations(rule, cases, unit="day")


def acceptable(rule: str, odd: pd.Series) -> Iterator[str]:
    """The same, with how a person accepts the days: such a day can be right as it is."""
    for violation in day_violations(rule, odd):
        yield f"{violation} ({_remedy(odd.index.min(), odd.index.max())})"


def _remedy(first: pd.Timestamp, last: pd.Timestamp) -> str:
    if last - first < timedelta(days=accepted_days.MAX_DAYS):
        return REMEDY.format(first, last)
    return "too many days to accept at once: is FLIGHTTIME_TODAY the day that you mean?"
