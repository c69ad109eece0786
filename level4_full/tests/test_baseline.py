"""The route median agrees with one counted by hand."""

from datetime import date
from statistics import median

import pandas as pd
import pytest

from flighttime import baseline


@pytest.fixture
def history() -> pd.DataFrame:
    """Two routes in February; the last flight landed after midnight."""
    rows = [
        ("EWR", "BOS", 200.0, "2013-02-01", "2013-02-02", 99.0),
        ("EWR", "BOS", 200.0, "2013-02-20", "2013-02-21", 40.0),
        ("EWR", "BOS", 200.0, "2013-02-21", "2013-02-22", 44.0),
        ("EWR", "BOS", 200.0, "2013-02-22", "2013-02-23", None),
        ("JFK", "LAX", 2475.0, "2013-02-23", "2013-02-24", 330.0),
        ("JFK", "LAX", 2475.0, "2013-02-27", "2013-03-01", 390.0),
    ]
    history = pd.DataFrame(rows, columns=["origin", "dest", "distance", "date", "published", "air_time"])
    return history.astype({"date": "datetime64[us]", "published": "datetime64[us]"})


def ask(history: pd.DataFrame, until: date, origin: str, dest: str, distance: float) -> float:
    flights = pd.DataFrame({"origin": [origin], "dest": [dest], "distance": [distance]}, index=[7])
    return baseline.route_median(history, until, flights)[7]


def test_it_is_the_median_of_the_routes_recent_landings(history: pd.DataFrame) -> None:
    assert ask(history, date(2013, 2, 28), "EWR", "BOS", 200) == 42


def test_a_landing_counts_from_the_day_it_is_published(history: pd.DataFrame) -> None:
    assert ask(history, date(2013, 2, 28), "JFK", "LAX", 2475) == 330
    assert ask(history, date(2013, 3, 1), "JFK", "LAX", 2475) == 360


def test_a_route_without_recent_flights_gets_the_usual_minutes_a_mile(history: pd.DataFrame) -> None:
    usual = median([40 / 200, 44 / 200, 330 / 2475])

    assert ask(history, date(2013, 2, 28), "LGA", "ORD", 700) == pytest.approx(700 * usual)


def test_it_agrees_with_medians_counted_by_hand(table: pd.DataFrame, today: date) -> None:
    since = pd.Timestamp("2013-02-15")
    expected: dict[tuple[str, str], list[float]] = {}
    for row in table[table["date"] >= since].itertuples():
        if row.air_time > 0 and row.published <= pd.Timestamp(today):
            expected.setdefault((row.origin, row.dest), []).append(row.air_time)
    routes = pd.DataFrame(list(expected), columns=["origin", "dest"]).assign(distance=1.0)

    medians = baseline.route_median(table, today, routes)

    assert medians.tolist() == [median(times) for times in expected.values()]
