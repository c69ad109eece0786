"""A broken delivery is refused in words, before any of it is kept."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from flighttime import ingest
from flighttime import pipeline
from flighttime import settings
from flighttime import validate
from flighttime.errors import Refused

GOOD_UNTIL = date(2013, 1, 31)
BROKEN_FROM = date(2013, 2, 5)


@pytest.fixture
def feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A feed of our own, from which January has been ingested."""
    feed = tmp_path / "feed"
    for name in ("flights/2013-01", "flights/2013-02", "weather/2013-01", "weather/2013-02", "planes", "airports"):
        (feed / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(f"{settings.feed()}/{name}.parquet", feed / f"{name}.parquet")
    monkeypatch.setenv("FLIGHTTIME_FEED", str(feed))
    ingest.update(GOOD_UNTIL)
    return feed


def spoil(path: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    change(pd.read_parquet(path)).to_parquet(path)


def without(column: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda table: table.drop(columns=column)


def with_units(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(distance=table["distance"].astype("str") + " mi")


def in_local_words(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(time_hour=table["time_hour"].astype("str"))


def in_hours(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(air_time=table["air_time"].astype("float64") / 60)


def in_kelvin(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(temp=(table["temp"] - 32) / 1.8 + 273.15)


def twice(table: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([table, table])


def numbered(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(carrier="17592")


BROKEN = {
    "no air_time": ("flights", without("air_time"), "air_time must hold numbers: it is missing in all 24,951 rows"),
    "no temp": ("weather", without("temp"), "temp must hold numbers: it is missing in all 2,010 rows"),
    "distance as text": ("flights", with_units, "distance must hold numbers: 24,951 rows do not, such as 529 mi"),
    "time as text": ("weather", in_local_words, "time_hour must hold times: 2,010 rows do not, such as 2013-02-01"),
    "hours": ("flights", in_hours, "air_time must be 10 to 1200 minutes: 3,290 rows are not, such as 2."),
    "kelvin": ("weather", in_kelvin, "temp must be -30 to 125 Fahrenheit: 3,315 rows are not, such as 270.3"),
    "month twice": ("flights", twice, "flight_id must be in one row only: 6,630 rows are not, such as 2013-02-01 9E3314"),
    "another code": ("flights", numbered, "carrier must be two or three capitals or digits: 3,315 rows are not, such as 17592"),
}


@pytest.mark.parametrize(("table", "change", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_delivery_is_refused_and_the_last_good_version_stays(
    feed: Path,
    table: str,
    change: Callable[[pd.DataFrame], pd.DataFrame],
    reason: str,
) -> None:
    before = ingest.read()
    spoil(feed / table / "2013-02.parquet", change)

    with pytest.raises(Refused) as refusal:
        pipeline.run(BROKEN_FROM, str)

    assert reason in str(refusal.value)
    assert "is refused" in str(refusal.value)
    assert ingest.version() == 0
    pd.testing.assert_frame_equal(ingest.read(), before)


def test_half_a_file_is_refused(feed: Path) -> None:
    path = feed / "flights" / "2013-02.parquet"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    with pytest.raises(Refused, match="cannot read .*2013-02.parquet"):
        ingest.update(BROKEN_FROM)

    assert ingest.version() == 0


def test_a_delivery_that_was_mended_is_taken(feed: Path) -> None:
    path = feed / "flights" / "2013-02.parquet"
    good = path.read_bytes()
    spoil(path, with_units)
    with pytest.raises(Refused):
        ingest.update(BROKEN_FROM)

    path.write_bytes(good)
    ingest.update(BROKEN_FROM)

    pd.testing.assert_frame_equal(ingest.read(), ingest.gather(BROKEN_FROM))


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("air_time", 9.0, "air_time must be 10 to 1200 minutes: 2 rows are not, such as 9.0"),
        ("air_time", 1201.0, "air_time must be 10 to 1200 minutes: 2 rows are not, such as 1201.0"),
        ("distance", 0.0, "distance must be 1 to 12000 miles: 2 rows are not, such as 0.0"),
        ("distance", None, "distance must be known for every flight: 2 rows are not, such as nan"),
        ("origin", "BOS", "origin must be EWR, JFK or LGA: 2 rows are not, such as BOS"),
        ("dest", "?", "dest must be two or three capitals or digits: 2 rows are not, such as ?"),
        ("sched_dep_min", 1441.0, "sched_dep_min must be 0 to 1440 minutes after midnight: 2 rows are not"),
        ("sched_block", 0.0, "sched_block must be 1 to 1439 minutes: 2 rows are not, such as 0.0"),
        ("seats", 1000.0, "seats must be 1 to 900 seats: 2 rows are not, such as 1000.0"),
        ("wind_speed", -1.0, "wind_speed must be 0 to 200.0 miles an hour: 2 rows are not, such as -1.0"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_rule_and_count(
    table: pd.DataFrame,
    column: str,
    value: object,
    reason: str,
) -> None:
    new = table.head(100).copy()
    new.loc[[3, 5], column] = value

    with pytest.raises(Refused) as refusal:
        validate.check(new)

    assert reason in str(refusal.value)


def test_impossible_winds_are_blanked_and_counted(table: pd.DataFrame, capsys: pytest.CaptureFixture) -> None:
    new = table.head(100).copy()
    new.loc[[3, 5], "wind_speed"] = 1048.4

    checked = validate.check(new)

    new.loc[[3, 5], "wind_speed"] = float("nan")
    pd.testing.assert_frame_equal(checked, new)
    assert capsys.readouterr().err == "warning: wind_speed over 200 mph blanked for 2 flights\n"


def test_what_is_usual_passes_in_silence(table: pd.DataFrame, capsys: pytest.CaptureFixture) -> None:
    checked = validate.check(table)

    pd.testing.assert_frame_equal(checked, table)
    assert table[["seats", "temp", "air_time"]].isna().any().all()
    assert capsys.readouterr().err == ""


def test_a_timetable_of_a_broken_feed_is_refused_too(feed: Path) -> None:
    spoil(feed / "planes.parquet", without("seats"))

    with pytest.raises(Refused, match="planes.parquet of the feed is refused: seats must hold numbers: it is missing"):
        ingest.timetable(date(2013, 2, 1))
