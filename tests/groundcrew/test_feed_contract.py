"""A published table that breaks the contract is refused by column, rule, count and examples."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from groundcrew import feed
from groundcrew.errors import UserError
from groundcrew.feed import contract
from groundcrew.feed import source

Change = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    """A hundred valid rows of each published table."""
    names = ["flights/2013-02", "weather/2013-02", "planes", "airports", "airlines"]
    return {name: source.read(f"{name}.parquet").head(100) for name in names}


@pytest.fixture
def publish(tables: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """What writes the table of this name to a feed of the test's own."""
    monkeypatch.setenv("FLIGHTTIME_FEED", str(tmp_path))

    def write(name: str, table: pd.DataFrame) -> Path:
        path = tmp_path / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(path, index=False)
        return path

    return write


def with_value(column: str, value: object) -> Change:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        values = table[column].astype("object")
        values.iloc[3] = value
        return table.assign(**{column: values.astype(table[column].dtype)})

    return change


def as_text(column: str) -> Change:
    return lambda table: table.assign(**{column: table[column].astype("str") + "!"})


def twice(table: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([table, table.head(1)])


FLIGHTS, WEATHER, PLANES = "flights/2013-02", "weather/2013-02", "planes"
BROKEN = {
    "a column is missing": (
        FLIGHTS,
        lambda table: table.drop(columns="air_time"),
        "air_time must hold numbers: it is missing in all 100 rows",
    ),
    "numbers as text": (
        FLIGHTS,
        as_text("distance"),
        "distance must hold numbers: violated in 100 rows, such as 529!; 1400!; 1416!",
    ),
    "codes as numbers": (
        FLIGHTS,
        lambda table: table.assign(carrier=1),
        "carrier must hold text: violated in 100 rows, such as 1; 1; 1",
    ),
    "numbers that are not whole": (
        FLIGHTS,
        lambda table: table.assign(flight=0.5),
        "flight must hold whole numbers: violated in 100 rows",
    ),
    "instants without a zone": (
        FLIGHTS,
        lambda table: table.assign(time_hour=table["time_hour"].dt.tz_localize(None)),
        "time_hour must hold instants in UTC: violated in 100 rows, such as 2013-02-01",
    ),
    "instants of another zone": (
        WEATHER,
        lambda table: table.assign(time_hour=table["time_hour"].dt.tz_convert("America/New_York")),
        "time_hour must hold instants in UTC: violated in 100 rows",
    ),
    "no rows": (FLIGHTS, lambda table: table.head(0), "it must hold rows: it has none"),
    "another month": (
        WEATHER,
        lambda table: table.assign(month=3),
        "year, month and day must be of 2013-02: violated in 100 rows, such as 2013 3 1",
    ),
    "another year": (
        FLIGHTS,
        with_value("year", 2012),
        "year, month and day must be of 2013-02: violated in 1 row, such as 2012 2 1",
    ),
    "a day that does not exist": (
        FLIGHTS,
        with_value("day", 29),
        "year, month and day must be of 2013-02: violated in 1 row, such as 2013 2 29",
    ),
    "a delay of more than three days": (
        FLIGHTS,
        with_value("dep_delay", 4321),
        "dep_delay must be 4,320 minutes at most: violated in 1 row, such as 4321",
    ),
    "an hour twice": (
        WEATHER,
        twice,
        "origin and time_hour must be in one row only: violated in 2 rows, such as EWR 2013-02-01",
    ),
    "an aircraft twice": (
        PLANES,
        twice,
        "tailnum must be in one row only: violated in 2 rows, such as N10156; N10156",
    ),
    "an airport twice": (
        "airports",
        twice,
        "faa must be in one row only: violated in 2 rows, such as 04G; 04G",
    ),
    "an unknown time zone": (
        "airports",
        with_value("tzone", "New York"),
        "tzone must be a time zone: violated in 1 row, such as New York",
    ),
    "an airline twice": (
        "airlines",
        twice,
        "carrier must be in one row only: violated in 2 rows, such as 9E; 9E",
    ),
}


@pytest.mark.parametrize(("name", "change", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_table_that_breaks_the_contract_is_refused(
    tables: dict, name: str, change: Change, reason: str
) -> None:
    with pytest.raises(UserError) as refusal:
        contract.check(change(tables[name]), f"{name}.parquet")

    assert str(refusal.value).startswith(f"{name}.parquet of the feed is refused: {reason}")
    assert str(refusal.value).endswith("run again when it is corrected")


def test_every_column_that_breaks_the_contract_is_named(tables: dict) -> None:
    with pytest.raises(
        UserError,
        match="distance must hold numbers: it is missing.*carrier must hold text: it is missing",
    ):
        without = tables[FLIGHTS].drop(columns=["distance", "carrier"])
        contract.check(without, "flights/2013-02.parquet")


def test_a_valid_table_is_returned_unchanged(tables: dict) -> None:
    for name, table in tables.items():
        assert contract.check(table, f"{name}.parquet") is table


def test_a_table_is_checked_when_it_is_read(publish: Callable, tables: dict) -> None:
    publish("planes", tables["planes"].drop(columns="seats"))

    with pytest.raises(
        UserError,
        match="planes.parquet of the feed is refused: seats must hold numbers: it is missing",
    ):
        feed.planes()


def test_a_file_that_is_replaced_is_read_again(publish: Callable, tables: dict) -> None:
    path = publish("planes", tables["planes"])
    first, when = feed.planes(), path.stat()
    first["seats"] = -1

    assert feed.planes().equals(tables["planes"])
    other = tables["planes"].assign(seats=tables["planes"]["seats"].to_numpy()[::-1])
    publish("planes", other)
    os.utime(path, ns=(when.st_atime_ns, when.st_mtime_ns))

    assert feed.planes().equals(other)


def test_a_table_may_be_in_several_files(publish: Callable, tables: dict) -> None:
    planes = tables["planes"]
    for number in range(2):
        publish(f"planes.parquet/{number}", planes[number * 50 : number * 50 + 50])

    assert feed.planes().equals(planes)


def test_an_hour_of_weather_in_two_months_is_refused(publish: Callable, tables: dict) -> None:
    hour = tables["weather/2013-02"].head(1)
    publish("weather/2013-02", tables["weather/2013-02"])
    publish("weather/2013-03", hour.assign(month=3, day=1))

    expected = "weather of the feed is refused: origin and time_hour must be in one row only"
    with pytest.raises(UserError, match=f"{expected}: violated in 2 rows, such as EWR 2013-02-01"):
        source.read_months("weather", date(2013, 3, 1), None)


@pytest.mark.parametrize("name", ["flights/2013-02", "weather/2013-02", "planes", "airports"])
def test_columns_of_pyarrow_are_read_as_those_of_numpy(
    name: str, publish: Callable, tables: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_pyarrow = tables[name].convert_dtypes(dtype_backend="pyarrow")
    publish(name, of_pyarrow)
    monkeypatch.setattr(pd, "read_parquet", lambda content: of_pyarrow)  # texts too

    table = source.read(f"{name}.parquet")

    pd.testing.assert_frame_equal(table, tables[name], check_dtype=False)
    assert not any(isinstance(dtype, pd.ArrowDtype) for dtype in table.dtypes)


def test_a_day_that_is_missing_is_refused(tables: dict) -> None:
    flights = tables["flights/2013-02"]
    days = flights["day"].astype("Int64").mask(flights.index < 3)

    rule = "year, month and day must be of 2013-02: violated in 3 rows, such as 2013 2 <NA>"
    with pytest.raises(UserError, match=rule):
        contract.check(flights.assign(day=days), "flights/2013-02.parquet")


def test_airports_may_lack_a_time_zone(tables: dict) -> None:
    unknown = pd.Series([None] * 100, dtype="str")

    contract.check(tables["airports"].assign(tzone=unknown), "airports.parquet")
