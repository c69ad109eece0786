"""hour, minute, sched_dep_time and time_hour say the same thing: a flight where not is found."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from groundcrew import feed
from groundcrew.feed import clocks

FEED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="module")
def flights() -> pd.DataFrame:
    """Flights of winter and of summer time, with the nights of both changes between them."""
    months = ["2013-01", "2013-03", "2013-07", "2013-11"]
    return pd.concat([clock_columns(month) for month in months], ignore_index=True)


def clock_columns(month: str) -> pd.DataFrame:
    columns = ["year", "month", "day", "hour", "minute", "sched_dep_time", "time_hour"]
    return pd.read_parquet(FEED / "flights" / f"{month}.parquet", columns=columns)


def found(flights: pd.DataFrame) -> dict[str, int]:
    return feed.disagreeing_clocks(flights)["rule"].value_counts().to_dict()


def test_the_clocks_of_real_flights_agree(flights: pd.DataFrame) -> None:
    assert found(flights) == {}


def test_midnight_may_be_written_2400(flights: pd.DataFrame) -> None:
    row = flights.head(1).assign(hour=0, minute=0, sched_dep_time=2400)
    midnight = pd.Timestamp(date(2013, 1, 1)).tz_localize(clocks.NEW_YORK).tz_convert("UTC")

    assert found(row.assign(time_hour=midnight)) == {}


WRONG: dict[str, tuple[Callable, list[str]]] = {
    "minutes after midnight instead of a clock": (
        lambda rows: rows.assign(sched_dep_time=rows["hour"] * 60 + rows["minute"]),
        [clocks.SAME_CLOCK],
    ),
    "local time marked as UTC": (
        lambda rows: rows.assign(
            time_hour=rows["time_hour"]
            .dt.tz_convert(clocks.NEW_YORK)
            .dt.tz_localize(None)
            .dt.tz_localize("UTC")
        ),
        [clocks.SAME_INSTANT],
    ),
    "another hour": (
        lambda rows: rows.assign(hour=(rows["hour"] + 1) % 24),
        [clocks.SAME_CLOCK, clocks.SAME_INSTANT],
    ),
    "another minute": (
        lambda rows: rows.assign(minute=(rows["minute"] + 1) % 60),
        [clocks.SAME_CLOCK],
    ),
    "another day": (
        lambda rows: rows.assign(day=rows["day"] % 28 + 1),
        [clocks.SAME_INSTANT],
    ),
}


@pytest.mark.parametrize(("spoil", "rules"), WRONG.values(), ids=WRONG.keys())
def test_a_month_whose_clocks_disagree_is_found(
    flights: pd.DataFrame, spoil: Callable, rules: list[str]
) -> None:
    cases = found(spoil(flights))

    assert set(cases) == set(rules)
    assert min(cases.values()) > 0.3 * len(flights)


def test_a_single_flight_is_named(flights: pd.DataFrame) -> None:
    spoilt = flights.copy()
    spoilt.loc[7, "sched_dep_time"] = 1730

    (case,) = feed.disagreeing_clocks(spoilt).to_dict("records")

    assert (case["index"], case["column"], case["value"]) == (7, "sched_dep_time", 1730)


def test_a_value_that_is_no_clock_is_left_to_another_rule(flights: pd.DataFrame) -> None:
    assert found(flights.assign(sched_dep_time=1765)) == {}
