"""What recent flights tell about a route, and when they are too few to tell anything."""

import pandas as pd
import pytest

from groundcrew.web import route_history as history


def flights(count: int = 1, **values: object) -> pd.DataFrame:
    """The same made-up flight, many times."""
    flight = {
        "date": pd.Timestamp("2013-02-28"),
        "origin": "JFK",
        "dest": "LAX",
        "carrier": "B6",
        "distance": 2475.0,
        "sched_dep_min": 600.0,
        "sched_block": 380.0,
        "seats": 150.0,
        "air_time": 330.0,
    }
    return pd.DataFrame([flight | values] * count)


def table(*parts: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True)


def test_the_last_days_are_those_before_the_end_of_the_table() -> None:
    days = pd.date_range("2013-01-01", "2013-01-31")
    recent = table(*(flights(date=day) for day in days))

    assert history.last_days(recent, 14)["date"].tolist() == days[-14:].tolist()


def test_served_routes_begin_with_the_busiest() -> None:
    recent = table(
        flights(1, carrier="AA"),
        flights(3, carrier="UA"),
        flights(2, dest="SFO"),
        flights(9, origin="EWR", dest="IAH", carrier="UA"),
    )

    assert history.served_routes(recent) == {
        "EWR": {"IAH": ["UA"]},
        "JFK": {"LAX": ["UA", "AA"], "SFO": ["B6"]},
    }
    assert list(history.served_routes(recent)) == ["EWR", "JFK"]


def test_the_scheduled_minutes_are_those_of_the_carrier_near_that_time_of_day() -> None:
    route = table(
        flights(history.NEAREST_FLIGHTS, sched_dep_min=1080.0, sched_block=395.0),
        flights(30, sched_dep_min=480.0, sched_block=370.0),
        flights(30, sched_dep_min=1080.0, sched_block=350.0, carrier="UA"),
    )

    assert history.typical_values(route, "B6", 1050)["sched_block"] == 395
    assert history.typical_values(route, "B6", 500)["sched_block"] == 370


def test_the_seats_are_the_carriers_and_the_distance_is_the_most_frequent() -> None:
    route = table(
        flights(2, distance=2475.0),
        flights(1, distance=2476.0),
        flights(1, carrier="UA", seats=float("nan")),
    )

    typical = {"distance": 2475, "sched_block": 380, "seats": 150}
    assert history.typical_values(route, "B6", 600) == typical
    assert history.typical_values(route, "UA", 600)["seats"] is None


def test_ground_minutes_are_scheduled_minus_actual_minutes() -> None:
    never_landed = flights(5, air_time=float("nan"))

    assert history.ground_minutes(table(flights(3, air_time=330.0), never_landed)) == 50
    assert history.ground_minutes(never_landed) is None


def test_a_route_with_enough_flights_is_compared_with_itself() -> None:
    recent = table(flights(history.ENOUGH_FLIGHTS), flights(50, dest="SFO", distance=2586.0))

    assert set(history.comparable_flights(recent, "JFK", "LAX", 2475)["dest"]) == {"LAX"}


def test_a_route_with_few_flights_is_compared_with_routes_of_similar_distance() -> None:
    recent = table(
        flights(history.ENOUGH_FLIGHTS - 1),
        flights(dest="SFO", distance=2475 * 1.15),
        flights(dest="DEN", distance=2475 * 0.84),
        flights(origin="EWR", dest="SFO"),
    )

    compared = history.comparable_flights(recent, "JFK", "LAX", 2475)

    counts = compared["dest"].value_counts().to_dict()
    assert counts == {"LAX": history.ENOUGH_FLIGHTS - 1, "SFO": 1}
    assert set(compared["origin"]) == {"JFK"}


def test_eight_errors_in_ten_lie_within_the_spread() -> None:
    errors = pd.Series(range(-40, 61)).sample(frac=1, random_state=0)

    spread = history.error_spread(errors)

    assert (spread.flights, spread.low, spread.middle, spread.high) == (101, -30, 10, 50)
    assert errors.between(spread.low, spread.high).mean() == pytest.approx(0.8, abs=0.01)


def test_too_few_errors_have_no_spread() -> None:
    assert history.error_spread(pd.Series([1.0] * (history.MIN_FLIGHTS - 1))) is None
    assert history.error_spread(pd.Series([1.0] * history.MIN_FLIGHTS)) is not None


@pytest.mark.parametrize(
    ("errors", "biased"),
    [
        (range(-40, -9), True),
        (range(8, 30), True),
        (range(-20, 21), False),
        (range(-3, 33), True),
        (range(-12, 33), False),
        ([3.0] * 20, False),
    ],
)
def test_a_model_is_biased_if_three_errors_in_four_have_the_same_sign(
    errors: range, biased: bool
) -> None:
    assert history.error_spread(pd.Series(errors)).biased is biased


def test_each_day_has_the_number_and_the_minutes_of_its_flights() -> None:
    newer_flights = [flights(air_time=minutes) for minutes in (300.0, 310.0, 350.0)]
    route = table(*newer_flights, flights(date=pd.Timestamp("2013-02-20")))

    older, newer = history.daily_summary(route).to_dict("records")

    assert (older["flights"], older["median"]) == (1, 330)
    assert newer == {
        "date": pd.Timestamp("2013-02-28"),
        "flights": 3,
        "shortest": 300,
        "median": 310,
        "longest": 350,
    }
