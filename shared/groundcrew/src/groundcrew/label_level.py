"""Whether the labels of a day keep the level of the days before: a break is an error of the source.

A slow drift is none: the days before move with it.
"""

from collections.abc import Callable
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from groundcrew import accepted_days
from groundcrew import ledger
from groundcrew.feed import Delivery
from groundcrew.tables import VersionedTable
from groundcrew.tables import quarantine
from groundcrew.validation import COLUMNS

ROUTE = ["origin", "dest"]
COMPARED = ["date", "carrier", *ROUTE, "distance"]
WINDOW_DAYS = 14  # a day is compared with so many days before it that have labels
MIN_DAYS = 7  # fewer show no level
MIN_FLIGHTS = 20  # the median speed of fewer flights is mostly chance
QUARANTINED = "labels quarantined"

Slices = Callable[[pd.DataFrame], Iterable[tuple[str, pd.DataFrame]]]


class Level(NamedTuple):
    """The median speed of a slice of a day, in times the usual speed on the same routes."""

    low: float
    high: float
    slices: Slices

    @property
    def rule(self) -> str:
        return f"a day's speed must be {self.low} to {self.high} times that of the days before"


def breaks(delivery: Delivery, stored: VersionedTable | None, level: Level) -> pd.DataFrame:
    """The landed flights of days that break the level, as `validation.failures` returns them.

    `stored` holds earlier days. A day that breaks it is no measure for the days after it.
    """
    landed = with_speed(delivery.flights)
    days = dict(list(earlier(landed, stored).groupby("date")))
    accepted, found = accepted_days.accepted(labels=True), [pd.DataFrame(columns=COLUMNS)]
    for day, flights in landed.groupby("date"):
        before = [days[one] for one in sorted(days) if one < day][-WINDOW_DAYS:]
        worst = "" if day in accepted else broken(flights, before, level)
        if worst:
            about = {"column": "air_time", "rule": level.rule, "value": worst}
            found.append(pd.DataFrame({"index": flights.index, **about}))
        else:
            days[day] = flights
    return pd.concat(found, ignore_index=True)


def broken(flights: pd.DataFrame, before: list[pd.DataFrame], level: Level) -> str:
    """The first slice of a day's flights that breaks the level, in words; empty if none does."""
    if len(before) < MIN_DAYS:
        return ""
    usual = pd.concat(before).groupby(ROUTE)["speed"].median().rename("usual")
    ratios = flights.assign(ratio=flights["speed"] / flights.join(usual, on=ROUTE)["usual"])
    for name, part in level.slices(ratios.dropna(subset="ratio")):
        times = part["ratio"].median()
        if len(part) >= MIN_FLIGHTS and not level.low <= times <= level.high:
            return f"{name} at {times:.2f} times on {flights['date'].iloc[0]:%Y-%m-%d}"
    return ""


def earlier(landed: pd.DataFrame, stored: VersionedTable | None) -> pd.DataFrame:
    """The stored flights of the days before the first of `landed`."""
    if landed.empty or stored is None or not stored.exists():
        return landed.head(0)
    first = landed["date"].min()
    for since in (first - pd.Timedelta(days=2 * WINDOW_DAYS), None):
        rows = with_speed(stored.read(since=since and since.date()))
        rows = rows[rows["date"] < first]
        if rows["date"].nunique() >= MIN_DAYS:
            break
    return rows


def with_speed(flights: pd.DataFrame) -> pd.DataFrame:
    """The landed flights, with their speed in miles a minute."""
    speed = flights["distance"].astype("float64") / flights["air_time"].astype("float64")
    return flights[COMPARED].assign(speed=speed).dropna(subset="speed")


def put_in_quarantine(bad: pd.DataFrame, delivery: Delivery) -> None:
    """Keep the flights of `bad`, from `breaks`, and call a person once for each day and slice."""
    for (rule, where), cases in bad.groupby(["rule", "value"], sort=False):
        entries = quarantine.entries("flights", rule, delivery.flights.loc[cases["index"]])
        if added := quarantine.add(entries, delivery.until):
            reason = f"{added:,} labels are in quarantine, {where}: {rule}"
            ledger.record(delivery.until, QUARANTINED, None, reason=reason, call=reason)
