"""A broken delivery is refused in words, before any of it is kept; a few broken rows are set aside, and nothing is lost."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from flighttime import feed
from flighttime import ingest
from flighttime import pipeline
from flighttime import prepare
from flighttime import quarantine
from flighttime import schema
from flighttime import settings
from flighttime import validate
from flighttime.errors import Refused
from flighttime.validate import Delivery

GOOD_UNTIL = date(2013, 1, 4)
NEXT = date(2013, 1, 6)
Change = Callable[[Delivery], Delivery]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Delivery]:
    """State with the year's first days, and the delivery that follows."""
    state = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIGHTTIME_RUNS", str(state))
        patch.setenv("FLIGHTTIME_TODAY", f"{NEXT}")
        ingest.update(GOOD_UNTIL)
        return state, ingest.delivered(NEXT)


@pytest.fixture
def delivery(prepared: tuple[Path, Delivery]) -> Delivery:
    """The good delivery, where its test may write."""
    shutil.copytree(prepared[0], settings.runs(), dirs_exist_ok=True)
    return prepared[1]


def flights(**columns: Callable[[pd.DataFrame], pd.Series] | object) -> Change:
    return lambda delivery: replace(delivery, flights=delivery.flights.assign(**columns))


def weather(**columns: Callable[[pd.DataFrame], pd.Series] | object) -> Change:
    return lambda delivery: replace(delivery, weather=delivery.weather.assign(**columns))


def only(wanted: Callable[[pd.DataFrame], pd.Series]) -> Change:
    return lambda delivery: replace(delivery, flights=delivery.flights[wanted(delivery.flights)])


def twice(delivery: Delivery) -> Delivery:
    return replace(delivery, flights=pd.concat([delivery.flights, delivery.flights], ignore_index=True))


def celsius(column: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda table: (table[column] - 32) / 1.8


BROKEN = {
    "air times in hours": (
        flights(air_time=lambda table: table["air_time"] / 60),
        "air_time must be 10 to 1,200 minutes: not so in 4,231 rows, such as 1.783 2013-01-01 9E3286 JFK-DTW; 1.133 ",
    ),
    "distances in kilometres": (
        flights(distance=lambda table: table["distance"] * 1.609),
        "flights faster than 600 mph: 2,",
    ),
    "temperatures in Celsius": (
        weather(temp=celsius("temp"), dewp=celsius("dewp")),
        "temp and dewp must be in Fahrenheit, and so give the humidity that was measured: "
        "not so in 5 days, such as 3.9 on 2013-01-01; ",
    ),
    "one temperature of two in Celsius": (weather(temp=celsius("temp")), "temp and dewp must be in Fahrenheit"),
    "each flight twice": (twice, "flight_id must be in one row only: not so in 8,"),
    "more flights than there are": (twice, "flights must be 550 to 1,300 a day: not so in 5 days, such as 1684 on 2013-01-01"),
    "half the days": (
        only(lambda table: table["date"] < "2013-01-04"),
        "flights must be 550 to 1,300 a day: not so in 1 day, such as 0 on 2013-01-04",
    ),
    "half the rows": (
        only(lambda table: table.index % 2 == 0),
        "flights must be 550 to 1,300 a day: not so in 5 days, such as 421 on 2013-01-01; 47",
    ),
    "no rows": (only(lambda table: table["date"].isna()), "flights must be 550 to 1,300 a day: not so in 8 days"),
    "the weather of another month": (
        flights(temp=float("nan"), visib=float("nan")),
        "flights without weather in the hour before: 4,291 of 4,291, more than the usual 25%, such as 2013-01-01",
    ),
    "the aircraft of another year": (flights(seats=float("nan")), "flights by aircraft not in planes: 4,"),
    "airports without zones": (flights(sched_block=float("nan")), "flights to airports without a time zone: 4,"),
    "flight numbers of another type": (
        flights(flight=lambda table: table["flight"].astype("int64")),
        "flight must be held as int16: it is int64",
    ),
    "a column less": (
        lambda delivery: replace(delivery, flights=delivery.flights.drop(columns="pressure")),
        "pressure must be in the table: it is missing",
    ),
    "other codes": (flights(carrier="17592"), "carrier must be two or three capitals or digits: not so in 4,291 rows"),
}


@pytest.mark.parametrize(("change", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_delivery_is_refused_and_the_last_good_version_stays(
    delivery: Delivery,
    change: Change,
    reason: str,
) -> None:
    before = ingest.read()

    with pytest.raises(Refused) as refusal:
        ingest.take_in(change(delivery))

    assert reason in str(refusal.value)
    assert str(refusal.value).startswith("the delivery is refused: ")
    assert str(refusal.value).endswith("Nothing of it is kept: run again once it is mended")
    assert ingest.version() == 0
    pd.testing.assert_frame_equal(ingest.read(), before)
    assert not quarantine.place().exists()


def test_a_broken_delivery_stops_the_pipeline_and_once_mended_the_same_command_goes_on(
    monkeypatch: pytest.MonkeyPatch,
    delivery: Delivery,
) -> None:
    in_celsius, _ = BROKEN["temperatures in Celsius"]
    told = []
    monkeypatch.setattr(prepare, "delivered", lambda today: in_celsius(delivery))

    with pytest.raises(Refused, match="the delivery is refused: temp and dewp must be in Fahrenheit"):
        pipeline.perform(NEXT, told.append)

    assert [line.split()[1] for line in told] == ["ingest"]
    assert ingest.version() == 0
    monkeypatch.setattr(prepare, "delivered", lambda today: delivery)
    assert pipeline.perform(NEXT, told.append, until="validate").data_version == 1


WRONG = [
    ("air_time", 9.0, "air_time must be 10 to 1,200 minutes"),
    ("air_time", 1201.0, "air_time must be 10 to 1,200 minutes"),
    ("distance", 0.0, "distance must be 1 to 12,000 miles"),
    ("distance", None, "distance must be known for every flight"),
    ("origin", "BOS", "origin must be EWR, JFK or LGA"),
    ("carrier", None, "carrier must be known for every flight"),
    ("dest", "?", "dest must be two or three capitals or digits"),
    ("flight", 0, "flight must be 1 to 9,999"),
    ("sched_dep_min", 1441.0, "sched_dep_min must be 0 to 1,440 minutes after midnight"),
    ("sched_block", 0.0, "sched_block must be 1 to 1,439 minutes"),
    ("seats", 1000.0, "seats must be 1 to 900 seats"),
    ("temp", 126.0, "temp must be -30 to 125 Fahrenheit"),
    ("wind_dir", 361.0, "wind_dir must be 0 to 360 degrees"),
    ("wind_speed", -1.0, "wind_speed must be 0 to 200 miles an hour"),
    ("precip", -0.1, "precip must be 0 to 10 inches"),
    ("visib", 10.5, "visib must be 0 to 10 miles"),
    ("pressure", 29.92, "pressure must be 870 to 1,090 millibars"),
]


@pytest.mark.parametrize(("column", "value", "rule"), WRONG, ids=lambda value: f"{value}"[:20])
def test_a_value_that_cannot_be_sets_its_row_aside_with_the_rule(
    delivery: Delivery,
    column: str,
    value: object,
    rule: str,
) -> None:
    spoilt = spoil(delivery, 7, column, value)

    accepted, aside = validate.check(spoilt)

    (entry,) = aside.itertuples()
    assert (entry.table, entry.rule) == ("flights", rule)
    assert json.loads(entry.row)["flight_id"] == delivery.flights.at[7, "flight_id"]
    assert json.loads(entry.row)[column] == value
    pd.testing.assert_frame_equal(accepted, spoilt.flights.drop(index=7))


def told_again(**columns: object) -> Change:
    """One flight is told once more, at the end."""
    return lambda delivery: replace(
        delivery,
        flights=pd.concat([delivery.flights, delivery.flights.iloc[[7]].assign(**columns)], ignore_index=True),
    )


LATER, EARLIER = pd.Timestamp("2013-01-05").as_unit("us"), pd.Timestamp("2013-01-01").as_unit("us")
TWICE = {
    "the same again": ({}, "last"),
    "another word, later": ({"published": LATER, "air_time": 99.0}, "last"),
    "another word, of old": ({"published": EARLIER, "air_time": 99.0}, "first"),
    "another word on the same day": ({"air_time": 99.0}, None),
    "a later word that is wrong": ({"published": LATER, "air_time": 9.0}, "first"),
}


@pytest.mark.parametrize(("columns", "counts"), TWICE.values(), ids=TWICE.keys())
def test_of_a_flight_that_is_told_twice_the_last_word_counts(
    delivery: Delivery,
    columns: dict[str, object],
    counts: str | None,
) -> None:
    spoilt = told_again(**columns)(delivery)
    places = {"first": 7, "last": len(spoilt.flights) - 1}

    accepted, aside = validate.check(spoilt)

    wrong = set(places.values()) - {places.get(counts)}
    pd.testing.assert_frame_equal(accepted, spoilt.flights.drop(index=list(wrong)))
    rows = [json.loads(row) for row in aside.loc[aside["rule"] == schema.ONE_ROW, "row"]]
    assert [row["flight_id"] for row in rows] == [spoilt.flights.at[7, "flight_id"]] * len(wrong)
    assert sorted(row["air_time"] for row in rows) == sorted(spoilt.flights.loc[list(wrong), "air_time"])


def test_a_broken_row_is_kept_as_it_was_delivered_and_the_rest_is_taken_in(
    delivery: Delivery,
    capsys: pytest.CaptureFixture,
) -> None:
    last = len(delivery.flights) - 1
    known = len(ingest.read())

    taken = ingest.take_in(spoil(delivery, last, "air_time", 9.0))

    (entry,) = quarantine.read().itertuples()
    assert (entry.rule, entry.delivered.date()) == ("air_time must be 10 to 1,200 minutes", NEXT)
    assert json.loads(entry.row)["dep_time"] == delivery.flights.at[last, "dep_time"]
    assert (taken.added, taken.corrected) == (last - known, 0)
    pd.testing.assert_frame_equal(ingest.read(), delivery.flights.loc[: last - 1, ingest.COLUMNS])
    assert "        1  in quarantine: air_time must be 10 to 1,200 minutes\n" in capsys.readouterr().out


def spoil(delivery: Delivery, number: int | list[int], column: str, value: object) -> Delivery:
    spoilt = delivery.flights.copy()
    spoilt.loc[number, column] = value
    return replace(delivery, flights=spoilt)


def test_a_row_of_the_table_stays_as_it_was_when_its_correction_is_broken(delivery: Delivery) -> None:
    before = ingest.read()

    ingest.take_in(spoil(delivery, 3, "air_time", 9.0))

    after = ingest.read()
    assert delivery.flights.at[3, "flight_id"] in set(before["flight_id"])
    pd.testing.assert_frame_equal(after[after["flight_id"].isin(before["flight_id"])].reset_index(drop=True), before)


def test_a_row_that_was_mended_is_taken_in_and_stays_on_record(delivery: Delivery) -> None:
    broken = spoil(delivery, len(delivery.flights) - 1, "air_time", 9.0)
    ingest.take_in(broken)
    again = ingest.take_in(broken)

    mended = ingest.take_in(delivery)

    assert (again, mended) == ((0, 0), (1, 0))
    assert len(quarantine.read()) == 1
    pd.testing.assert_frame_equal(ingest.read(), delivery.flights[ingest.COLUMNS])


def test_a_delivery_is_broken_when_more_than_one_row_in_a_hundred_is(delivery: Delivery) -> None:
    most = len(delivery.flights) // 100

    with pytest.raises(Refused, match=f"air_time must be 10 to 1,200 minutes: not so in {most + 1} rows"):
        ingest.take_in(spoil(delivery, list(range(most + 1)), "air_time", 9.0))

    ingest.take_in(spoil(delivery, list(range(most)), "air_time", 9.0))
    assert len(quarantine.read()) == most


def test_a_wind_that_cannot_be_is_blanked_and_kept_as_it_was_delivered(
    delivery: Delivery,
    capsys: pytest.CaptureFixture,
) -> None:
    storm = delivery.weather.index[5]
    hour = delivery.weather["wind_speed"].mask(delivery.weather.index == storm, 1048.36)
    stormy = replace(spoil(delivery, [3, 4], "wind_speed", 1048.36), weather=delivery.weather.assign(wind_speed=hour))

    ingest.take_in(stormy)
    ingest.take_in(stormy)

    (entry,) = quarantine.read().itertuples()
    blanked = ingest.read().set_index("flight_id").loc[delivery.flights["flight_id"], "wind_speed"]
    assert (entry.table, entry.rule) == ("weather", "winds over 200 mph: blanked")
    assert json.loads(entry.row)["wind_speed"] == 1048.36
    assert blanked.iloc[[3, 4]].isna().all()
    assert blanked.drop(blanked.index[[3, 4]]).equals(delivery.flights.set_index("flight_id")["wind_speed"].drop(blanked.index[[3, 4]]))
    assert capsys.readouterr().out.count("        1  in quarantine: winds over 200 mph: blanked\n") == 1


def test_the_schema_states_every_column_of_the_table_and_no_other() -> None:
    assert list(schema.SCHEMA.columns) == ingest.COLUMNS


def test_what_is_usual_passes_as_it_is(delivery: Delivery) -> None:
    accepted, aside = validate.check(delivery)

    pd.testing.assert_frame_equal(accepted, delivery.flights)
    assert aside.empty


def test_the_humidity_tells_fahrenheit_from_celsius_on_every_day_of_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-12-31")
    year = feed.weather(date(2013, 12, 31))

    in_celsius = year.assign(temp=celsius("temp"), dewp=celsius("dewp"))

    assert list(validate.units(year)) == []
    assert "not so in 364 days" in next(validate.units(in_celsius))


def test_no_day_of_a_year_is_refused_and_half_of_the_largest_is() -> None:
    months = [f"{settings.feed()}/flights/2013-{month:02}.parquet" for month in range(1, 13)]
    a_day = pd.concat([pd.read_parquet(month, columns=["month", "day"]) for month in months]).value_counts()
    fewest, most = validate.FLIGHTS_A_DAY

    assert fewest < a_day.min() * 0.9
    assert a_day.max() / 2 < fewest * 0.95
    assert a_day.max() * 1.2 < most
