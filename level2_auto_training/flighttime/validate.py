"""What the data must look like: what breaks this stops here, with the last good version in place."""

import pandas as pd
import pandera.pandas as pa
from pandas.api.types import is_datetime64_any_dtype
from pandas.api.types import is_numeric_dtype
from pandas.api.types import is_string_dtype
from pandera.errors import SchemaErrors

from flighttime import steps
from flighttime.errors import Refused

DAY = ["year", "month", "day"]
WEATHER = ["temp", "wind_dir", "wind_speed", "precip", "visib", "pressure"]
FLIGHT = ["flight", "sched_dep_time", "sched_arr_time", "dep_delay", "air_time", "distance"]
# What each published table must hold for the tables to be joined at all.
PUBLISHED = {
    "flights": {"numbers": DAY + FLIGHT, "text": ["carrier", "tailnum", "origin", "dest"], "times": ["time_hour"]},
    "weather": {"numbers": DAY + WEATHER, "text": ["origin"], "times": ["time_hour"]},
    "planes": {"numbers": ["seats"], "text": ["tailnum"]},
    "airports": {"text": ["faa", "tzone"]},
    "airlines": {"text": ["carrier", "name"]},
}
IS_KIND = {"numbers": is_numeric_dtype, "text": is_string_dtype, "times": is_datetime64_any_dtype}

STRONGEST_WIND = 200.0


def number(low: float, high: float, unit: str, nullable: bool = True) -> pa.Column:
    return pa.Column(float, pa.Check.in_range(low, high, error=f"{low} to {high} {unit}"), nullable=nullable)


def code() -> pa.Column:
    return pa.Column(str, pa.Check.str_matches(r"^[A-Z0-9]{2,3}$", error="two or three capitals or digits"))


# The joined table: a row a flight.
SCHEMA = pa.DataFrameSchema({
    "flight_id": pa.Column(str, unique=True),
    "carrier": code(),
    "origin": pa.Column(str, pa.Check.isin(["EWR", "JFK", "LGA"], error="EWR, JFK or LGA")),
    "dest": code(),
    "distance": number(1, 12_000, "miles", nullable=False),
    "sched_dep_min": number(0, 1440, "minutes after midnight", nullable=False),
    "sched_block": number(1, 1439, "minutes"),
    "seats": number(1, 900, "seats"),
    "temp": number(-30, 125, "Fahrenheit"),
    "wind_speed": number(0, STRONGEST_WIND, "miles an hour"),
    "air_time": number(10, 1200, "minutes"),  # not known until it has landed, or for ever
})
IN_WORDS = {"field_uniqueness": "in one row only", "not_nullable": "known for every flight"}


def published(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """A table as it was published; raises Refused if it lacks a column or has one of another kind."""
    kinds = PUBLISHED[name.partition("/")[0].removesuffix(".parquet")]
    broken = [
        f"{column} must hold {kind}: {described(table, column)}"
        for kind, columns in kinds.items()
        for column in columns
        if column not in table or not IS_KIND[kind](table[column])
    ]
    if broken:
        raise refused(f"{name} of the feed", broken)
    return table


def described(table: pd.DataFrame, column: str) -> str:
    if column not in table:
        return f"it is missing in all {len(table):,} rows"
    return f"{table[column].count():,} rows do not, such as {next(iter(table[column].dropna()), None)}"


def check(new: pd.DataFrame) -> pd.DataFrame:
    """The delivery with impossible winds blanked; raises Refused if anything else breaks the schema."""
    if new.empty:
        return new
    new = blank_impossible_winds(new)
    try:
        SCHEMA.validate(new, lazy=True)
    except SchemaErrors as failed:
        kinds = failed.failure_cases.groupby(["column", "check"], dropna=False, sort=False)["failure_case"]
        raise refused("the delivery", [broken(*kind, cases) for kind, cases in kinds]) from None
    return new


def blank_impossible_winds(new: pd.DataFrame) -> pd.DataFrame:
    impossible = new["wind_speed"] > STRONGEST_WIND
    if impossible.any():
        steps.warning(f"wind_speed over {STRONGEST_WIND:.0f} mph blanked for {impossible.sum()} flights")
    return new.assign(wind_speed=new["wind_speed"].mask(impossible))


def broken(column: str, rule: str, cases: pd.Series) -> str:
    """Column, rule, count and an example."""
    return f"{column} must be {IN_WORDS.get(rule, rule)}: {len(cases):,} rows are not, such as {cases.iloc[0]}"


def refused(what: str, broken: list[str]) -> Refused:
    return Refused(f"{what} is refused: {'; '.join(broken)}. Nothing of it is kept: run again once it is mended")
