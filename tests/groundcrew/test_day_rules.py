"""Days with an unusual number of flights, or without a carrier, are found and can be accepted."""

import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from groundcrew import accepted_days
from groundcrew import day_rules
from groundcrew import feed
from groundcrew.feed import Delivery

USUAL = (550, 1300)
SHARES = {"carrier": {"UA": 0.17, "VX": 0.015}, "origin": {"EWR": 0.36}}


@pytest.fixture
def delivery(today: date) -> Delivery:
    """What is new since 20 February, with the week before."""
    return feed.delivery(today, date(2013, 2, 20))


def without(delivery: Delivery, first: str, last: str, **of: str) -> Delivery:
    """The delivery without the flights of these days, or only those with the values of `of`."""
    flights = delivery.flights
    gone = flights["date"].between(first, last)
    for column, value in of.items():
        gone &= flights[column] == value
    return replace(delivery, flights=flights[~gone].reset_index(drop=True))


def counts(delivery: Delivery) -> list[str]:
    return list(day_rules.unusual_counts(accepted_days.without(delivery), USUAL))


def shares(delivery: Delivery) -> list[str]:
    judged = accepted_days.without(delivery)
    return list(day_rules.unusual_shares(judged, SHARES, (0.4, 2.0)))


def test_a_usual_delivery_breaks_no_rule(delivery: Delivery) -> None:
    assert counts(delivery) == shares(delivery) == []


def test_a_gap_is_stated_with_its_days_and_what_a_person_can_do(delivery: Delivery) -> None:
    (found,) = counts(without(delivery, "2013-02-18", "2013-02-24"))

    assert found.startswith("flights must be 550 to 1,300 a day: violated in 7 days, such as 0 on ")
    assert "--first 2013-02-18 --last 2013-02-24 --by NAME --reason TEXT" in found


def test_the_stated_remedy_lets_the_days_after_a_gap_count(delivery: Delivery, today: date) -> None:
    gap = without(delivery, "2013-02-18", "2013-02-24")
    first, last = re.findall(r"--(?:first|last) (\S+)", counts(gap)[0])

    accepted_days.accept(*map(date.fromisoformat, [first, last]), "Kim", "no feed", today)

    assert counts(gap) == shares(gap) == []
    assert set(accepted_days.without(gap).flights["date"]) == set(gap.flights["date"])


def test_a_gap_that_is_too_long_to_accept_makes_one_look_at_the_day(delivery: Delivery) -> None:
    (found,) = counts(replace(delivery, until=date(2026, 11, 30)))

    assert found.endswith(
        "(too many days to accept at once: is FLIGHTTIME_TODAY the day that you mean?)"
    )
    assert "accepted_days --first" not in found


def test_an_accepted_gap_excuses_no_other_day(delivery: Delivery, today: date) -> None:
    gap = without(delivery, "2013-02-18", "2013-02-25")

    accepted_days.accept(date(2013, 2, 18), date(2013, 2, 24), "Kim", "no feed", today)

    assert "violated in 1 day, such as 0 on 2013-02-25" in counts(gap)[0]


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("carrier", "UA", "carrier UA must have 6.8% to 34.0% of a day"),
        ("carrier", "VX", "carrier VX must have 0.6% to 3.0% of a day"),
        ("origin", "EWR", "origin EWR must have 14.4% to 72.0% of a day"),
    ],
)
@pytest.mark.parametrize("days", [("2013-02-27", "2013-02-28"), ("2013-02-01", "2013-03-01")])
def test_a_carrier_or_an_airport_that_vanishes_is_found(
    delivery: Delivery, column: str, value: str, rule: str, days: tuple[str, str]
) -> None:
    found = shares(without(delivery, *days, **{column: value}))

    assert any(one.startswith(f"{rule}: violated in ") and "such as 0 on" in one for one in found)


def test_a_carrier_with_twice_its_flights_is_found(delivery: Delivery) -> None:
    flights = delivery.flights
    flights = flights.assign(carrier=flights["carrier"].replace({"B6": "UA", "DL": "UA"}))

    (found,) = shares(replace(delivery, flights=flights))

    assert found.startswith("carrier UA must have 6.8% to 34.0% of a day: violated in 1")


def test_the_first_delivery_begins_with_a_month(today: date) -> None:
    first = feed.delivery(today)

    assert counts(first) == []
    assert "0 on 2013-01-01" in counts(without(first, "2013-01-01", "2013-01-02"))[0]


def test_a_delivery_without_days_breaks_no_rule(today: date) -> None:
    nothing = replace(feed.delivery(today), flights=feed.flights(today).head(0))

    assert day_rules.complete_days(nothing).empty
    assert counts(nothing) == shares(nothing) == []


def test_yesterday_counts_once_a_flight_of_it_is_published(delivery: Delivery) -> None:
    days = day_rules.complete_days(delivery)
    before = day_rules.complete_days(without(delivery, "2013-02-28", "2013-02-28"))

    assert days.max() == pd.Timestamp("2013-02-28")
    assert before.max() == pd.Timestamp("2013-02-27")
