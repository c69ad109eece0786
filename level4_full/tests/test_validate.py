"""Validation: a broken delivery is refused as a whole, a single bad row is quarantined."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from flighttime import ingest
from flighttime import schema
from flighttime import validate
from groundcrew import feed
from groundcrew.errors import UserError
from groundcrew.feed import Delivery
from groundcrew.tables import quarantine

pytestmark = pytest.mark.usefixtures("empty_state")


@pytest.fixture(scope="module")
def delivery() -> Delivery:
    """The first five days of the year."""
    return feed.delivery(date(2013, 1, 6))


def celsius(weather: pd.DataFrame) -> pd.DataFrame:
    return weather.assign(temp=(weather["temp"] - 32) / 1.8, dewp=(weather["dewp"] - 32) / 1.8)


BROKEN = {
    "temperatures in Celsius": (
        lambda good: replace(good, weather=celsius(good.weather)),
        "temp and dewp must be in Fahrenheit.*: violated in 5 days, such as 3.9 on 2013-01-01",
    ),
    "air times in hours": (
        lambda good: replace(good, flights=good.flights.assign(air_time=lambda x: x.air_time / 60)),
        "air_time must be 10 to 1,200 minutes: violated in 4,231 rows, such as 3.783",
    ),
    "half a delivery": (
        lambda good: replace(good, flights=good.flights[::2]),
        "flights must be 550 to 1,300 a day: violated in 5 days, such as 421 on 2013-01-01",
    ),
    "each flight twice": (
        lambda good: replace(good, flights=pd.concat([good.flights] * 2, ignore_index=True)),
        "flight_id must be in one row only: violated in 4,",
    ),
    "no tail numbers": (
        lambda good: replace(good, flights=good.flights.assign(tailnum=None)),
        "flights without a tail number: 4,291 of 4,291, at most 20%, such as 2013-01-01",
    ),
}


@pytest.mark.parametrize(("break_it", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_delivery_is_refused_and_nothing_is_kept(
    delivery: Delivery, break_it: Callable[[Delivery], Delivery], reason: str
) -> None:
    with pytest.raises(UserError, match=f"^the delivery is refused: .*{reason}"):
        ingest.store(break_it(delivery))

    assert not ingest.TABLE.exists()
    assert quarantine.read().empty


def test_a_delivery_without_a_column_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    read = pd.read_parquet
    monkeypatch.setattr(pd, "read_parquet", lambda path: read(path).drop(columns="distance"))

    with pytest.raises(UserError, match="distance must hold numbers: it is missing in all"):
        ingest.update(date(2013, 1, 6))

    assert not ingest.TABLE.exists()


def with_air_time(delivery: Delivery, rows: list[int], minutes: float) -> Delivery:
    flights = delivery.flights.copy()
    flights.loc[rows, "air_time"] = minutes
    return replace(delivery, flights=flights)


def test_a_single_bad_row_is_quarantined_and_the_others_are_taken_in(delivery: Delivery) -> None:
    updated = ingest.store(with_air_time(delivery, [7], 9.0))

    (entry,) = quarantine.read().itertuples()
    assert entry.rule == "air_time must be 10 to 1,200 minutes"
    assert json.loads(entry.row)["flight_id"] == delivery.flights.at[7, "flight_id"]
    assert updated.added == len(delivery.flights) - 1


def test_a_row_that_was_corrected_is_taken_in(delivery: Delivery) -> None:
    ingest.store(with_air_time(delivery, [7], 9.0))

    corrected = ingest.store(delivery)

    assert corrected == (1, 0)


def test_one_row_in_a_hundred_may_be_bad(delivery: Delivery) -> None:
    most = int(len(delivery.flights) * schema.MAX_INVALID)
    validate.check(with_air_time(delivery, list(range(most)), 9.0))

    with pytest.raises(UserError, match=f"air_time must be .*: violated in {most + 1} rows"):
        validate.check(with_air_time(delivery, list(range(most + 1)), 9.0))


@pytest.mark.parametrize(("published", "counts"), [("2013-01-06", "other"), ("2013-01-01", "one")])
def test_of_two_reports_of_a_flight_the_last_published_counts(
    delivery: Delivery, published: str, counts: str
) -> None:
    one = delivery.flights.iloc[[7]]
    other = one.assign(published=pd.Timestamp(published).as_unit("us"), air_time=99.0)
    flights = pd.concat([delivery.flights, other], ignore_index=True)

    checked = validate.check(replace(delivery, flights=flights)).flights

    (minutes,) = checked.loc[checked["flight_id"] == one["flight_id"].item(), "air_time"]
    assert minutes == {"one": one, "other": other}[counts]["air_time"].item()
    assert quarantine.read()["rule"].tolist() == ["flight_id must be in one row only"]


def test_a_wind_of_1048_mph_becomes_unknown(delivery: Delivery) -> None:
    weather = delivery.weather.copy()
    weather.loc[5, "wind_speed"] = 1048.36

    checked = validate.check(replace(delivery, weather=weather))

    assert pd.isna(checked.weather.at[5, "wind_speed"])
    assert len(checked.flights) == len(delivery.flights)
    assert quarantine.read()["rule"].tolist() == ["wind_speed must be 0 to 200 miles an hour"]


def test_a_usual_delivery_passes_unchanged(delivery: Delivery) -> None:
    checked = validate.check(delivery)

    pd.testing.assert_frame_equal(checked.flights, delivery.flights)
    pd.testing.assert_frame_equal(checked.weather, delivery.weather)
