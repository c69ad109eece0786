"""A published table that cannot be joined is refused by column, rule, count and examples."""

from collections.abc import Callable

import pandas as pd
import pytest

from flighttime import feed
from flighttime import published
from flighttime.errors import Refused

Change = Callable[[pd.DataFrame], pd.DataFrame]


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    """A hundred good rows of each published table."""
    names = ["flights/2013-02", "weather/2013-02", "planes", "airports", "airlines"]
    return {name: feed.read(f"{name}.parquet").head(100) for name in names}


def spoilt(column: str, value: object) -> Change:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        values = table[column].astype("object")
        values.iloc[3] = value
        return table.assign(**{column: values.astype(table[column].dtype)})

    return change


def as_text(column: str) -> Change:
    return lambda table: table.assign(**{column: table[column].astype("str") + "!"})


def twice(table: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([table, table.head(1)])


F, W, P = "flights/2013-02", "weather/2013-02", "planes"
BROKEN = {
    "a column is missing": (F, lambda table: table.drop(columns="air_time"), "air_time must hold numbers: it is missing in all 100 rows"),
    "numbers as text": (F, as_text("distance"), "distance must hold numbers: not so in 100 rows, such as 529!; 1400!; 1416!"),
    "codes as numbers": (F, lambda table: table.assign(carrier=1), "carrier must hold text: not so in 100 rows, such as 1; 1; 1"),
    "numbers that are not whole": (F, lambda table: table.assign(flight=0.5), "flight must hold whole numbers: not so in 100 rows"),
    "instants without a zone": (
        F,
        lambda table: table.assign(time_hour=table["time_hour"].dt.tz_localize(None)),
        "time_hour must hold instants in UTC: not so in 100 rows, such as 2013-02-01",
    ),
    "instants of another zone": (
        W,
        lambda table: table.assign(time_hour=table["time_hour"].dt.tz_convert("America/New_York")),
        "time_hour must hold instants in UTC: not so in 100 rows",
    ),
    "no rows": (F, lambda table: table.head(0), "it must hold rows: there are none"),
    "another month": (W, lambda table: table.assign(month=3), "year, month and day must be of 2013-02: not so in 100 rows, such as 2013 3 1"),
    "another year": (F, spoilt("year", 2012), "year, month and day must be of 2013-02: not so in 1 row, such as 2012 2 1"),
    "a day that never was": (F, spoilt("day", 29), "year, month and day must be of 2013-02: not so in 1 row, such as 2013 2 29"),
    "a delay beyond belief": (F, spoilt("dep_delay", 4321), "dep_delay must be 4,320 minutes at most: not so in 1 row, such as 4321"),
    "an hour twice": (W, twice, "origin and time_hour must be in one row only: not so in 2 rows, such as EWR 2013-02-01"),
    "an aircraft twice": (P, twice, "tailnum must be in one row only: not so in 2 rows, such as N10156; N10156"),
    "an airport twice": ("airports", twice, "faa must be in one row only: not so in 2 rows, such as 04G; 04G"),
    "a zone of no clock": (
        "airports",
        spoilt("tzone", "New York"),
        "tzone must be a time zone: not so in 1 row, such as New York",
    ),
    "an airline twice": ("airlines", twice, "carrier must be in one row only: not so in 2 rows, such as 9E; 9E"),
}


@pytest.mark.parametrize(("name", "change", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_table_is_refused_in_words(tables: dict, name: str, change: Change, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        published.check(change(tables[name]), f"{name}.parquet")

    assert str(refusal.value).startswith(f"{name}.parquet of the feed is refused: {reason}")
    assert str(refusal.value).endswith("run again once it is mended")


def test_every_broken_column_is_named(tables: dict) -> None:
    with pytest.raises(Refused, match="distance must hold numbers: it is missing.*carrier must hold text: it is missing"):
        published.check(tables[F].drop(columns=["distance", "carrier"]), "flights/2013-02.parquet")


def test_a_good_table_passes_as_it_is(tables: dict) -> None:
    for name, table in tables.items():
        assert published.check(table, f"{name}.parquet") is table


def test_a_table_is_looked_at_as_it_is_read(monkeypatch: pytest.MonkeyPatch, tables: dict) -> None:
    monkeypatch.setattr(pd, "read_parquet", lambda place: tables["planes"].drop(columns="seats"))

    with pytest.raises(Refused, match="planes.parquet of the feed is refused: seats must hold numbers: it is missing"):
        feed.planes()
