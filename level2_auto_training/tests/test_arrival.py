"""A flight leaves by New York's clock and lands by its destination's, also when the clocks change."""

from datetime import date

import pytest

from flighttime.web import arrival


@pytest.mark.parametrize(
    ("day", "minutes", "zone", "lands"),
    [
        (date(2013, 3, 1), 17 * 60 + 30, "America/Los_Angeles", "2013-03-01 20:30 PST"),
        (date(2013, 7, 1), 17 * 60 + 30, "America/Los_Angeles", "2013-07-01 20:30 PDT"),
        (date(2013, 3, 1), 23 * 60, "America/Puerto_Rico", "2013-03-02 06:00 AST"),
        (date(2013, 7, 1), 23 * 60, "America/Puerto_Rico", "2013-07-02 05:00 AST"),
        (date(2013, 3, 9), 22 * 60, "America/New_York", "2013-03-10 05:00 EDT"),
        (date(2013, 7, 1), 10 * 60, "America/Phoenix", "2013-07-01 13:00 MST"),
    ],
)
def test_six_hours_later_by_the_clock_there(day: date, minutes: int, zone: str, lands: str) -> None:
    landing = arrival.arrival(arrival.departure(day, minutes), 6 * 60, zone)

    assert f"{landing:%Y-%m-%d %H:%M %Z}" == lands


def test_a_time_that_the_clocks_skip_is_no_departure() -> None:
    assert arrival.departure(date(2013, 3, 10), 2 * 60 + 30) is None
    assert arrival.departure(date(2013, 3, 10), 3 * 60).tzname() == "EDT"


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    assert arrival.departure(date(2013, 11, 3), 90).tzname() == "EDT"


@pytest.mark.parametrize("day", [date.min, date.max])
def test_no_day_of_the_calendar_is_too_far(day: date) -> None:
    assert arrival.departure(day, 0).date() == day
