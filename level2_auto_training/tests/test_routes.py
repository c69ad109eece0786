"""What is told of a route is what its flights say, and where they say too little, nothing is told."""

import pandas as pd
import pytest

from flighttime.web import routes


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


def test_the_newest_days_are_those_that_the_table_ends_with() -> None:
    days = pd.date_range("2013-01-01", "2013-01-31")
    known = table(*(flights(date=day) for day in days))

    assert routes.newest(known, 14)["date"].tolist() == days[-14:].tolist()


def test_who_flies_where_is_told_busiest_first() -> None:
    known = table(
        flights(1, carrier="AA"),
        flights(3, carrier="UA"),
        flights(2, dest="SFO"),
        flights(9, origin="EWR", dest="IAH", carrier="UA"),
    )

    assert routes.served(known) == {"EWR": {"IAH": ["UA"]}, "JFK": {"LAX": ["UA", "AA"], "SFO": ["B6"]}}
    assert list(routes.served(known)) == ["EWR", "JFK"]


def test_the_timetable_of_the_airline_near_that_time_of_day_is_expected() -> None:
    route = table(
        flights(routes.NEAREST, sched_dep_min=1080.0, sched_block=395.0),
        flights(30, sched_dep_min=480.0, sched_block=370.0),
        flights(30, sched_dep_min=1080.0, sched_block=350.0, carrier="UA"),
    )

    assert routes.expected(route, "B6", 1050)["sched_block"] == 395
    assert routes.expected(route, "B6", 500)["sched_block"] == 370


def test_the_seats_are_the_airlines_and_the_distance_is_the_usual_one() -> None:
    route = table(flights(2, distance=2475.0), flights(1, distance=2476.0), flights(1, carrier="UA", seats=float("nan")))

    assert routes.expected(route, "B6", 600) == {"distance": 2475, "sched_block": 380, "seats": 150}
    assert routes.expected(route, "UA", 600)["seats"] is None


def test_the_time_on_the_ground_is_what_timetables_leave_beyond_the_air() -> None:
    never_landed = flights(5, air_time=float("nan"))

    assert routes.ground_minutes(table(flights(3, air_time=330.0), never_landed)) == 50
    assert routes.ground_minutes(never_landed) is None


def test_a_route_with_enough_flights_is_judged_by_them() -> None:
    known = table(flights(routes.ENOUGH), flights(50, dest="SFO", distance=2586.0))

    assert set(routes.judges(known, "JFK", "LAX", 2475)["dest"]) == {"LAX"}


def test_a_route_with_few_flights_is_judged_by_those_from_there_about_as_far() -> None:
    known = table(
        flights(routes.ENOUGH - 1),
        flights(dest="SFO", distance=2475 * 1.15),
        flights(dest="DEN", distance=2475 * 0.84),
        flights(origin="EWR", dest="SFO"),
    )

    judges = routes.judges(known, "JFK", "LAX", 2475)

    assert judges["dest"].value_counts().to_dict() == {"LAX": routes.ENOUGH - 1, "SFO": 1}
    assert set(judges["origin"]) == {"JFK"}


def test_eight_errors_in_ten_lie_within_the_spread() -> None:
    errors = pd.Series(range(-40, 61)).sample(frac=1, random_state=0)

    spread = routes.spread(errors)

    assert (spread.flights, spread.low, spread.middle, spread.high) == (101, -30, 10, 50)
    assert errors.between(spread.low, spread.high).mean() == pytest.approx(0.8, abs=0.01)


def test_few_errors_make_no_spread() -> None:
    assert routes.spread(pd.Series([1.0] * (routes.FEWEST - 1))) is None
    assert routes.spread(pd.Series([1.0] * routes.FEWEST)) is not None


@pytest.mark.parametrize(
    ("errors", "leans"),
    [
        (range(-40, -9), True),
        (range(8, 30), True),
        (range(-20, 21), False),
        (range(-3, 33), True),
        (range(-12, 33), False),
        ([3.0] * 20, False),
    ],
)
def test_a_model_leans_if_three_errors_in_four_are_on_one_side_and_matter(errors: range, leans: bool) -> None:
    assert routes.spread(pd.Series(errors)).leans is leans


def test_each_day_has_its_flights_counted_and_measured() -> None:
    route = table(*(flights(air_time=minutes) for minutes in (300.0, 310.0, 350.0)), flights(date=pd.Timestamp("2013-02-20")))

    older, newer = routes.by_day(route).to_dict("records")

    assert (older["flights"], older["median"]) == (1, 330)
    assert newer == {
        "date": pd.Timestamp("2013-02-28"),
        "flights": 3,
        "shortest": 300,
        "median": 310,
        "longest": 350,
    }
