"""Level 2's rules on every kind of broken delivery, on every column, and on a whole year."""

import level_process
import pytest

SCRIPT = """
import json
from dataclasses import replace
from datetime import date

import pandas as pd

from flighttime import schema, validate
from groundcrew import feed
from groundcrew.errors import UserError
from groundcrew.tables import quarantine

good = feed.delivery(date(2013, 1, 6))


def flights(**columns):
    return replace(good, flights=good.flights.assign(**columns))


def weather(**columns):
    return replace(good, weather=good.weather.assign(**columns))


def celsius(column):
    return lambda table: (table[column] - 32) / 1.8


def refusal(delivery):
    try:
        validate.check(delivery)
    except UserError as error:
        return str(error)


broken = {
    "kilometres": flights(distance=lambda table: table["distance"] * 1.609),
    "one temperature of two in Celsius": weather(temp=celsius("temp")),
    "weather of no hour": weather(visib=None),
    "aircraft of another register": flights(tailnum="N00000"),
    "airports without zones": replace(good, airports=good.airports.assign(tzone=None)),
    "a missing day": replace(good, flights=good.flights[good.flights["date"] < "2013-01-04"]),
    "other codes": flights(carrier="17592"),
    "clock in minutes": flights(sched_dep_time=lambda table: table["sched_dep_time"] // 100 * 60),
    "local time marked as UTC": flights(
        time_hour=lambda table: table["time_hour"] - pd.Timedelta(hours=5)
    ),
    "a carrier vanishes": replace(good, flights=good.flights[good.flights["carrier"] != "UA"]),
    "every flight cancelled": flights(dep_time=None, arr_time=None, air_time=None),
}


def spoilt(table, column, value):
    rows = getattr(good, table).copy()
    rows.loc[7, column] = value
    return replace(good, **{table: rows})


def quarantined(table, column, value):
    before = set(quarantine.read()["rule"])
    checked = validate.check(spoilt(table, column, value))
    (rule,) = set(quarantine.read()["rule"]) - before
    left = len(getattr(checked, table)) - len(getattr(good, table))
    return [rule, left, bool(pd.isna(checked.weather.at[7, column])) if left == 0 else None]


values = [
    ("flights", "air_time", 1201),
    ("flights", "distance", 0),
    ("flights", "origin", "BOS"),
    ("flights", "carrier", None),
    ("flights", "dest", "?"),
    ("flights", "flight", 0),
    ("flights", "sched_dep_time", 1765),
    ("flights", "minute", 59),
    ("weather", "temp", 126.0),
    ("weather", "wind_dir", 361),
    ("weather", "wind_speed", -1.0),
    ("weather", "precip", -0.1),
    ("weather", "visib", 10.5),
    ("weather", "pressure", 29.92),
]
year = feed.weather(date(2013, 12, 31))
a_day = feed.flights(date(2013, 12, 31))["date"].value_counts()
in_celsius = year.assign(temp=celsius("temp"), dewp=celsius("dewp"))
print(json.dumps({
    "broken": {name: refusal(delivery) for name, delivery in broken.items()},
    "values": {column: quarantined(table, column, value) for table, column, value in values},
    "year": [*validate.wrong_units(year), *validate.wrong_units(in_celsius)],
    "a day": [int(a_day[a_day.index < "2013-12-30"].min()), int(a_day.max())],
    "usual": schema.FLIGHTS_A_DAY,
}))
"""
BROKEN = {
    "kilometres": "flights faster than 600 mph: 2,",
    "one temperature of two in Celsius": "temp and dewp must be in Fahrenheit",
    "weather of no hour": "flights without weather in the hour before: 4,291 of 4,291, at most 2",
    "aircraft of another register": "flights by an unregistered aircraft: 4,291 of 4,291, at most",
    "airports without zones": "flights to an airport without a time zone: 4,",
    "a missing day": "a day: violated in 1 day, such as 0 on 2013-01-04",
    "other codes": "carrier must be two or three capitals or digits: violated in 4,291 rows",
    "clock in minutes": "sched_dep_time must be a clock value such as 1730: violated in ",
    "local time marked as UTC": "time_hour must be the scheduled hour in New York, as an instant",
    "a carrier vanishes": "carrier UA must have 6.8% to 34.0% of a day: violated in 5 days",
    "every flight cancelled": "flights cancelled: 4,291 of 4,291, at most 30%, such as 2013-01-0",
}
# The rule that a value breaks; a flight is left out, a weather value becomes unknown.
FLIGHT_RULES = {
    "air_time": "air_time must be 10 to 1,200 minutes",
    "distance": "distance must be 1 to 12,000 miles",
    "origin": "origin must be EWR, JFK or LGA",
    "carrier": "carrier must be known in every row",
    "dest": "dest must be two or three capitals or digits",
    "flight": "flight must be 1 to 9,999 as a number",
    "sched_dep_time": "sched_dep_time must be a clock value such as 1730",
    "minute": "hour and minute must be those of sched_dep_time",
}
WEATHER_RULES = {
    "temp": "temp must be -30 to 125 Fahrenheit",
    "wind_dir": "wind_dir must be 0 to 360 degrees",
    "wind_speed": "wind_speed must be 0 to 200 miles an hour",
    "precip": "precip must be 0 to 10 inches",
    "visib": "visib must be 0 to 10 miles",
    "pressure": "pressure must be 870 to 1,090 millibars",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return level_process.run(2, SCRIPT, tmp_path_factory.mktemp("runs"), "2013-12-31")


@pytest.mark.parametrize(("name", "reason"), BROKEN.items(), ids=BROKEN.keys())
def test_a_broken_delivery_is_refused(results: dict, name: str, reason: str) -> None:
    assert reason in results["broken"][name]


@pytest.mark.parametrize(("column", "rule"), FLIGHT_RULES.items(), ids=FLIGHT_RULES.keys())
def test_a_flight_with_an_invalid_value_is_left_out(results: dict, column: str, rule: str) -> None:
    assert results["values"][column] == [rule, -1, None]


@pytest.mark.parametrize(("column", "rule"), WEATHER_RULES.items(), ids=WEATHER_RULES.keys())
def test_an_invalid_weather_value_becomes_unknown(results: dict, column: str, rule: str) -> None:
    assert results["values"][column] == [rule, 0, True]


def test_the_humidity_tells_fahrenheit_from_celsius_on_every_day_of_a_year(results: dict) -> None:
    (in_celsius,) = results["year"]

    assert "violated in 364 days" in in_celsius


def test_no_day_of_a_year_is_refused_and_half_of_the_largest_is(results: dict) -> None:
    (fewest, most), (low, high) = results["a day"], results["usual"]

    assert low < fewest * 0.9 and most * 1.2 < high
    assert most / 2 < low * 0.95
