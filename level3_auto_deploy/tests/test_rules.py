"""Each kind of dirt is found where it is, counted, and told in one line."""

from datetime import date

import pandas as pd
import pytest

from flighttime import ingest
from flighttime import rules
from flighttime.validate import Delivery


NEXT = date(2013, 1, 3)


@pytest.fixture(scope="module")
def delivery() -> Delivery:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIGHTTIME_TODAY", f"{NEXT}")
        return ingest.delivered(NEXT)


@pytest.fixture(scope="module")
def clean(delivery: Delivery) -> pd.DataFrame:
    """Ten flights with which nothing is wrong."""
    flights = delivery.flights.assign(two_distances=False, first_there=False, first_on_route=False)
    for rule in rules.OF_FLIGHTS:
        flights = flights[~rule.found(flights).fillna(False)]
    return flights.iloc[:10].reset_index(drop=True)


@pytest.fixture(scope="module")
def weather(delivery: Delivery) -> pd.DataFrame:
    """Every hour of the last day, once."""
    return delivery.weather[delivery.weather["day"] == 2]


DIRT = {
    "flights cancelled: kept, nothing can be learned from it": {"dep_time": None, "arr_time": None, "air_time": None},
    "flights departed without an arrival: kept, nothing can be learned from it": {"arr_time": None, "air_time": None},
    "flights arrived without an air time: kept, nothing can be learned from it": {"air_time": None},
    "flights without a tail number: seats unknown": {"tailnum": None, "seats": None},
    "flights by aircraft not in planes: seats unknown": {"seats": None},
    "flights by aircraft with ten seats or fewer: kept as registered": {"seats": 10.0},
    "flights to destinations not in airports: Puerto Rico's time": {"origin": "JFK", "dest": "BQN", "distance": 1576.0, "air_time": 190.0},
    "flights to airports without a time zone: scheduled minutes unknown": {"sched_block": None},
    "departures at 2400: not read, since nobody knows it before departure": {"dep_time": 2400},
    "arrivals at 2400: not read, since nobody knows it before departure": {"arr_time": 2400},
    "flights faster than 600 mph: kept": {"air_time": 15.0},
    "flights without weather in the hour before: weather unknown": {"visib": None},
}


@pytest.mark.parametrize(("line", "values"), DIRT.items(), ids=[line.partition(":")[0] for line in DIRT])
def test_each_dirt_is_told_with_its_count(
    clean: pd.DataFrame,
    weather: pd.DataFrame,
    capsys: pytest.CaptureFixture,
    line: str,
    values: dict,
) -> None:
    dirty = clean.copy()
    for column, value in values.items():
        dirty.loc[[2, 5], column] = value

    rules.tell(dirty, weather, dirty)

    assert capsys.readouterr().out == f"        2  {line}\n"


def test_a_flight_number_that_returns_on_the_same_day_is_told(
    clean: pd.DataFrame,
    weather: pd.DataFrame,
    capsys: pytest.CaptureFixture,
) -> None:
    again = pd.concat([clean, clean.head(1).assign(dest="ZZZ")])

    rules.tell(again, weather, again)

    assert capsys.readouterr().out == "        1  repeats of month, day, carrier, flight: told apart by origin and dest\n"


def test_a_route_with_two_distances_is_told(
    clean: pd.DataFrame,
    weather: pd.DataFrame,
    capsys: pytest.CaptureFixture,
) -> None:
    longer = clean.head(1).assign(flight=9999, distance=clean["distance"] + 1)

    rules.tell(longer, weather, clean)

    assert capsys.readouterr().out == "        1  flights on routes with two distances: kept, each with its own\n"


def test_what_is_flown_for_the_first_time_is_told(
    clean: pd.DataFrame,
    weather: pd.DataFrame,
    capsys: pytest.CaptureFixture,
) -> None:
    there = clean["dest"] == clean.at[0, "dest"]

    rules.tell(clean, weather, clean[~there].assign(origin="BOS"))

    assert capsys.readouterr().out.splitlines() == [
        f"{there.sum():9}  flights to destinations first seen: kept, unknown to the model",
        "       10  flights on routes first seen: kept, without a route median",
    ]


def test_hours_that_are_missing_and_hours_that_the_clock_repeats_are_told(
    clean: pd.DataFrame,
    weather: pd.DataFrame,
    capsys: pytest.CaptureFixture,
) -> None:
    at = weather["origin"] == "JFK"
    gap = weather[~(at & weather["hour"].isin([4, 5, 9]))]
    repeating = gap.assign(hour=gap["hour"].replace(3, 2))

    rules.tell(clean, repeating, clean)

    assert capsys.readouterr().out.splitlines() == [
        "        3  weather hours twice on the local clock: told apart in UTC",
        "        3  weather hours missing: weather unknown an hour later",
    ]


def test_weather_that_was_delivered_before_is_not_told_again(
    clean: pd.DataFrame,
    weather: pd.DataFrame,
    capsys: pytest.CaptureFixture,
) -> None:
    old = weather.drop(weather.index[5:9]).assign(published=clean["published"].min() - pd.Timedelta(days=1))

    rules.tell(clean, old, clean)

    assert capsys.readouterr().out == ""


def test_clean_flights_need_no_words(clean: pd.DataFrame, weather: pd.DataFrame, capsys: pytest.CaptureFixture) -> None:
    rules.tell(clean, weather, clean)

    assert capsys.readouterr().out == ""
