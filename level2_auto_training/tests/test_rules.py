"""Each kind of dirt is found where it is, counted, and told in one line."""

from datetime import date

import pandas as pd
import pytest

from flighttime import ingest
from flighttime import rules


@pytest.fixture(scope="module")
def clean() -> pd.DataFrame:
    """Ten flights with which nothing is wrong."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIGHTTIME_TODAY", "2013-01-03")
        flights = ingest.delivered(date(2013, 1, 3)).flights
    for rule in rules.OF_FLIGHTS[:-1]:
        flights = flights[~rule.found(flights).fillna(False)]
    return flights.iloc[:10].reset_index(drop=True)


DIRT = {
    "flights cancelled: kept, nothing can be learned from it": {"dep_time": None, "arr_time": None, "air_time": None},
    "flights departed without an arrival: kept, nothing can be learned from it": {"arr_time": None, "air_time": None},
    "flights arrived without an air time: kept, nothing can be learned from it": {"air_time": None},
    "flights without a tail number: seats unknown": {"tailnum": None, "seats": None},
    "flights by aircraft not in planes: seats unknown": {"seats": None},
    "flights by aircraft with ten seats or fewer: kept as registered": {"seats": 10.0},
    "flights to destinations not in airports: Puerto Rico's time": {"dest": "BQN"},
    "flights to airports without a time zone: scheduled minutes unknown": {"sched_block": None},
    "departures at 2400: not read, since nobody knows it before departure": {"dep_time": 2400},
    "arrivals at 2400: not read, since nobody knows it before departure": {"arr_time": 2400},
    "flights faster than 600 mph: kept": {"air_time": 60.0, "distance": 601.0},
    "flights without weather in the hour before: weather unknown": {"visib": None},
}


@pytest.mark.parametrize(("line", "values"), DIRT.items(), ids=[line.partition(":")[0] for line in DIRT])
def test_each_dirt_is_told_with_its_count(
    clean: pd.DataFrame,
    capsys: pytest.CaptureFixture,
    line: str,
    values: dict,
) -> None:
    dirty = clean.copy()
    for column, value in values.items():
        dirty.loc[[2, 5], column] = value

    rules.tell(dirty, dirty["dest"])

    assert capsys.readouterr().out == f"        2  {line}\n"


def test_a_flight_number_that_returns_on_the_same_day_is_told(clean: pd.DataFrame, capsys: pytest.CaptureFixture) -> None:
    again = pd.concat([clean, clean.head(1).assign(dest="ZZZ")])

    rules.tell(again, again["dest"])

    said = "repeats of month, day, carrier, flight: kept, origin and dest tell them apart"
    assert capsys.readouterr().out == f"        1  {said}\n"


def test_a_destination_not_met_before_is_told(clean: pd.DataFrame, capsys: pytest.CaptureFixture) -> None:
    rules.tell(clean, clean["dest"].iloc[1:])

    missing = (~clean["dest"].isin(clean["dest"].iloc[1:])).sum()
    assert missing
    assert capsys.readouterr().out == f"{missing:9}  flights to destinations not met before: kept, unknown to the model\n"


def test_clean_flights_need_no_words(clean: pd.DataFrame, capsys: pytest.CaptureFixture) -> None:
    rules.tell(clean, clean["dest"])

    assert capsys.readouterr().out == ""


def test_every_rule_has_a_test() -> None:
    told = {line.partition(":")[0] for line in DIRT}

    untold = {"repeats of month, day, carrier, flight", "flights to destinations not met before"}
    assert {rule.looks_for for rule in rules.OF_FLIGHTS} == told | untold
