"""Whether the labels of a day keep the level of the days before: a break is an error of the source.

A slow drift is none: the days before move with it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from groundcrew import accepted_days
from groundcrew import ledger
from groundcrew.day_speeds import ROUTE
from groundcrew.day_speeds import DaySpeeds
from groundcrew.day_speeds import Slices
from groundcrew.feed import Delivery
from groundcrew.tables import VersionedTable
from groundcrew.tables import quarantine
from groundcrew.validation import COLUMNS

COMPARED = ["date", "carrier", *ROUTE, "distance"]
WINDOW_DAYS = 14  # a day is compared with so many days before it that have labels
MIN_DAYS = 7  # fewer show no level
MIN_FLIGHTS = 20  # the median speed of fewer flights is mostly chance
QUARANTINED = "labels quarantined"


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
    before = earlier(landed, stored)
    speeds = DaySpeeds(pd.concat([before, landed]), level.slices, first=len(before))
    good, days = list(range(before["date"].nunique())), speeds.day[len(before) :]
    accepted, found = accepted_days.accepted(labels=True), [pd.DataFrame(columns=COLUMNS)]
    for day in range(len(good), len(speeds.days)):
        is_accepted = speeds.days[day] in accepted
        worst = "" if is_accepted else broken(speeds, day, good[-WINDOW_DAYS:], level)
        if worst:
            about = {"column": "air_time", "rule": level.rule, "value": worst}
            found.append(pd.DataFrame({"index": landed.index[days == day], **about}))
        else:
            good.append(day)
    return pd.concat(found, ignore_index=True)


def broken(speeds: DaySpeeds, day: int, before: Sequence[int], level: Level) -> str:
    """The first slice of a day that breaks the level of the days before; empty if none does."""
    if len(before) < MIN_DAYS:
        return ""
    for name, times, flights in speeds.ratios(day, before):
        if flights >= MIN_FLIGHTS and not level.low <= times <= level.high:
            return f"{name} at {times:.2f} times on {speeds.days[day]:%Y-%m-%d}"
    return ""


def earlier(landed: pd.DataFrame, stored: VersionedTable | None) -> pd.DataFrame:
    """The stored flights of the days before the first of `landed`."""
    if landed.empty or stored is None or not stored.exists():
        return landed.head(0)
    first = landed["date"].min()
    columns, before = ", ".join([*COMPARED, "air_time"]), f"date < '{first:%Y-%m-%d}'"
    recent = f"{before} AND date >= '{first - pd.Timedelta(days=2 * WINDOW_DAYS):%Y-%m-%d}'"
    for days in (recent, before):
        rows = with_speed(stored.query(f"SELECT {columns} FROM kept WHERE {days}"))
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
