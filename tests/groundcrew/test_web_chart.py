"""The chart has a dot for every flight, at the position of its numbers."""

from datetime import date
from datetime import timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from groundcrew.web import route_chart

DAYS = [date(2013, 2, 15) + timedelta(days=number) for number in range(14)]
few = settings(max_examples=40, derandomize=True, database=None, deadline=None)


def flights(*rows: tuple[int, float, float, str]) -> pd.DataFrame:
    """Flights by number of the day, departure, minutes in the air, and carrier."""
    route = pd.DataFrame(rows, columns=["date", "sched_dep_min", "air_time", "carrier"])
    return route.assign(date=pd.to_datetime([DAYS[number] for number in route["date"]]))


@few
@given(
    st.lists(
        st.tuples(
            st.integers(0, 13),
            st.integers(0, 1440),
            st.integers(20, 700),
            st.sampled_from(["B6", "UA"]),
        ),
        min_size=1,
        max_size=30,
    ),
    st.integers(20, 700),
    st.integers(-60, 0),
    st.integers(0, 60),
)
def test_everything_is_within_the_chart(
    rows: list[tuple], minutes: int, less: int, more: int
) -> None:
    band = (minutes + less, minutes + more)

    drawn = route_chart.draw(flights(*rows), DAYS, "B6", minutes, band)

    assert len(drawn.dots) == len(rows)
    assert all(route_chart.LEFT <= x <= route_chart.RIGHT for x, _, _ in drawn.dots)
    heights = [y for _, y, _ in drawn.dots] + [drawn.line, *drawn.band]
    assert all(route_chart.TOP <= y <= route_chart.BOTTOM for y in heights)
    assert drawn.band[0] <= drawn.line <= drawn.band[1]


@few
@given(st.lists(st.integers(0, 900), min_size=1))
def test_the_levels_are_few_and_round_and_enclose_every_value(values: list[int]) -> None:
    levels = route_chart.level_minutes(values)

    assert levels[0] <= min(values) <= max(values) <= levels[-1]
    assert 2 <= len(levels) <= 9
    assert {upper - lower for lower, upper in pairwise(levels)} <= set(route_chart.STEPS)
    assert all(level % 5 == 0 for level in levels)


def test_longer_is_higher_and_later_is_further_right() -> None:
    route = flights((0, 600, 330, "B6"), (0, 900, 350, "B6"), (13, 600, 330, "B6"))

    drawn = route_chart.draw(route, DAYS, "B6", 340, None)

    first, later, last_day = drawn.dots
    assert first[1] == last_day[1] > later[1]
    assert first[0] < later[0] < last_day[0]
    assert drawn.line == pytest.approx((first[1] + later[1]) / 2, abs=0.1)


def test_a_flight_is_above_the_label_of_its_day() -> None:
    drawn = route_chart.draw(flights((1, 12 * 60, 330, "B6")), DAYS, "B6", 330, None)

    assert drawn.days[0] == (drawn.dots[0][0], DAYS[1])
    assert drawn.days[-1][1] == DAYS[-1]


def test_the_flights_of_the_carrier_are_marked() -> None:
    route = flights((1, 600, 330, "B6"), (2, 600, 330, "UA"))

    drawn = route_chart.draw(route, DAYS, "UA", 330, None)

    assert [own for _, _, own in drawn.dots] == [False, True]
    assert drawn.band is None
