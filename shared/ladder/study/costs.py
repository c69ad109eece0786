"""What fresh features cost: errors when the feed is late or wrong, state to serve, and time.

All errors are those of the first model, which is never retrained.
"""

from collections.abc import Callable
from datetime import date
from functools import partial

import numpy as np
import pandas as pd

from flighttime import schema
from flighttime.features import FEATURES
from flighttime.features import TARGET
from groundcrew import label_level
from groundcrew.day_speeds import DaySpeeds
from ladder.study import mornings
from ladder.study import upkeep
from ladder.study.fresh_years import FreshYear
from ladder.study.mornings import FRESH
from ladder.study.mornings import USUAL
from ladder.study.mornings import YESTERDAY
from ladder.study.years import A_DAY
from ladder.study.years import Model
from ladder.study.years import Year

DAYS_LATE = [1, 2, 7]
DAYS_STALE = 28
POISON = 1.15  # times the minutes of all landings of a day
POISONED_DAY_OF_MONTH = 15
DAYS_AFTER = 14


def of(year: FreshYear, since: date) -> dict:
    """All costs, measured from `since` on."""
    return {
        "late": late(year, since),
        "poisoned": poisoned(year, since),
        "state": upkeep.state(year),
        "microseconds": upkeep.microseconds(year, since),
    }


def late(year: FreshYear, since: date) -> dict[str, float]:
    """The mean error where features are made as of some days before the morning, or missing."""
    ratio, usual = (
        {days: mornings.served(year, year.features[name], days * A_DAY, since) for days in all_days}
        for name, all_days in ((YESTERDAY, DAYS_LATE), (USUAL, [*DAYS_LATE, DAYS_STALE]))
    )
    changes: dict[str, dict[str, np.ndarray]] = {
        "in time": {},
        **{f"ratio {days}": {YESTERDAY: ratio[days]} for days in ratio},
        **{f"median {days}": {USUAL: usual[days]} for days in usual},
        **{f"both {days}": {YESTERDAY: ratio[days], USUAL: usual[days]} for days in ratio},
        "ratio always 1": {YESTERDAY: np.ones(len(year.flights))},
        "ratio missing": {YESTERDAY: np.full(len(year.flights), np.nan)},
    }
    rows = year.between(since, year.last + A_DAY)
    return {
        name: float(errors(year, since, year.flights.assign(**columns).iloc[rows]).mean())
        for name, columns in changes.items()
    }


def errors(year: FreshYear, trained: date, flights: pd.DataFrame) -> np.ndarray:
    return abs(year.predict(Model(trained), flights) - flights[TARGET].to_numpy())


def poisoned(year: FreshYear, since: date) -> dict:
    """The errors after a day whose landings were all POISON times too long, one day a month.

    `quarantined` is what they are if the day's landings are taken out instead. `accepted` counts
    the days which the validation of labels lets pass.
    """
    every_day = pd.date_range(since, year.last - DAYS_AFTER * A_DAY)
    days = [day.date() for day in every_day if day.day == POISONED_DAY_OF_MONTH]
    found: dict = {
        "times": POISON,
        "days": len(days),
        "accepted": sum(passes(year, day) for day in days),
    }
    kinds = {"clean": None, "poisoned": stretched, "quarantined": without}
    for name, change in kinds.items():
        after = [errors_after(year, since, day, change) for day in days]
        first, later = (float(np.concatenate(part).mean()) for part in zip(*after, strict=True))
        found[name] = {"next day": first, "13 days after": later}
    return found


def stretched(year: Year, day: date) -> pd.DataFrame:
    minutes = year.minutes.copy()
    minutes[year.between(day, day + A_DAY)] *= POISON
    return year.flights.assign(**{TARGET: minutes})


def without(year: Year, day: date) -> pd.DataFrame:
    return year.flights[year.days != np.datetime64(day)]


def passes(year: Year, day: date) -> bool:
    """Whether the validation of labels accepts the stretched day."""
    window = year.between(day - label_level.WINDOW_DAYS * A_DAY, day + A_DAY)
    landed = label_level.with_speed(stretched(year, day).iloc[window])
    speeds = DaySpeeds(landed, schema.SPEED.slices)
    *before, last = range(len(speeds.days))
    return not label_level.broken(speeds, last, before, schema.SPEED)


def errors_after(
    year: FreshYear,
    trained: date,
    day: date,
    change: Callable[[Year, date], pd.DataFrame] | None,
) -> tuple[np.ndarray, np.ndarray]:
    """The errors on the day after, and on the days after that, if the history is changed."""
    history = change(year, day) if change else None
    found = []
    for number in range(1, DAYS_AFTER + 1):
        morning = day + number * A_DAY
        flights = year.flights.iloc[year.between(morning, morning + A_DAY)]
        if history is not None:
            made = partial(remade, history, morning, flights[FEATURES])
            flights = flights.assign(**{name: made(year.features[name]) for name in FRESH})
        found.append(errors(year, trained, flights))
    return found[0], np.concatenate(found[1:])


def remade(
    history: pd.DataFrame, morning: date, flights: pd.DataFrame, feature: mornings.Feature
) -> np.ndarray:
    """A feature of one morning from another history."""
    first, today = pd.Timestamp(morning - mornings.HISTORY), pd.Timestamp(morning)
    days = history["date"].between(first, today, inclusive="left")
    known = history[days & (history["published"] <= today)]
    return mornings.one_morning(feature, known, morning, flights)
