"""A flight departs by New York's time and arrives by its destination's, also when clocks change."""

from datetime import date

import pytest

from groundcrew.web import clocks


@pytest.mark.parametrize(
    ("day", "minutes", "zone", "expected"),
    [
        (date(2013, 3, 1), 17 * 60 + 30, "America/Los_Angeles", "2013-03-01 20:30 PST"),
        (date(2013, 7, 1), 17 * 60 + 30, "America/Los_Angeles", "2013-07-01 20:30 PDT"),
        (date(2013, 3, 1), 23 * 60, "America/Puerto_Rico", "2013-03-02 06:00 AST"),
        (date(2013, 7, 1), 23 * 60, "America/Puerto_Rico", "2013-07-02 05:00 AST"),
        (date(2013, 3, 9), 22 * 60, "America/New_York", "2013-03-10 05:00 EDT"),
        (date(2013, 7, 1), 10 * 60, "America/Phoenix", "2013-07-01 13:00 MST"),
    ],
)
def test_an_arrival_six_hours_later_is_in_local_time(
    day: date, minutes: int, zone: str, expected: str
) -> None:
    arrival = clocks.arrival(clocks.departure(day, minutes), 6 * 60, zone)

    assert f"{arrival:%Y-%m-%d %H:%M %Z}" == expected


def test_a_time_that_summer_time_skips_is_no_departure() -> None:
    assert clocks.departure(date(2013, 3, 10), 2 * 60 + 30) is None
    assert clocks.departure(date(2013, 3, 10), 3 * 60).tzname() == "EDT"


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    assert clocks.departure(date(2013, 11, 3), 90).tzname() == "EDT"


@pytest.mark.parametrize("day", [date.min, date.max])
def test_every_day_of_the_calendar_has_a_departure(day: date) -> None:
    assert clocks.departure(day, 0).date() == day
