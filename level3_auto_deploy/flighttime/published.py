"""What each published table must hold for the tables to be joined at all: what breaks this is refused as it comes in."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pandas as pd
from pandas.api.types import is_integer_dtype
from pandas.api.types import is_numeric_dtype
from pandas.api.types import is_string_dtype

from flighttime.errors import Refused

DAY = ["year", "month", "day"]
CLOCKS = ["sched_dep_time", "sched_arr_time", "dep_time", "arr_time"]
DURATIONS = ["dep_delay", "air_time"]
WEATHER = ["temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "visib", "pressure"]
HOLDS = {
    "flights": {
        "whole numbers": [*DAY, "flight"],
        "numbers": [*CLOCKS, *DURATIONS, "distance"],
        "text": ["carrier", "tailnum", "origin", "dest"],
        "instants in UTC": ["time_hour"],
    },
    "weather": {"whole numbers": [*DAY, "hour"], "numbers": WEATHER, "text": ["origin"], "instants in UTC": ["time_hour"]},
    "planes": {"numbers": ["seats"], "text": ["tailnum"]},
    "airports": {"text": ["faa", "tzone"]},
    "airlines": {"text": ["carrier", "name"]},
}
IS_KIND = {
    "whole numbers": is_integer_dtype,
    "numbers": is_numeric_dtype,
    "text": is_string_dtype,
    "instants in UTC": lambda column: isinstance(column.dtype, pd.DatetimeTZDtype) and str(column.dt.tz) == "UTC",
}
# What is looked up must be there once.
ONCE = {"weather": ["origin", "time_hour"], "planes": ["tailnum"], "airports": ["faa"], "airlines": ["carrier"]}
# The day of publication is reckoned from the durations, and nobody looks for a flight much later.
LONGEST = 3 * 24 * 60


def check(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """A table as it was published under a name such as flights/2013-02.parquet; raises Refused if it cannot be joined."""
    kind, _, month = name.removesuffix(".parquet").partition("/")
    broken = list(wrong_columns(table, HOLDS[kind])) or list(wrong_rows(table, kind, month))
    if broken:
        raise refused(f"{name} of the feed", broken)
    return table


def wrong_columns(table: pd.DataFrame, kinds: dict[str, list[str]]) -> Iterator[str]:
    for kind, columns in kinds.items():
        for column in columns:
            if column not in table:
                yield f"{column} must hold {kind}: it is missing in all {len(table):,} rows"
            elif not IS_KIND[kind](table[column]):
                yield from broken(f"{column} must hold {kind}", table[column])


def wrong_rows(table: pd.DataFrame, kind: str, month: str) -> Iterator[str]:
    if table.empty:
        yield "it must hold rows: there are none"
    if month:
        yield from broken(f"year, month and day must be of {month}", table.loc[~is_of(month, table), DAY])
    for column in DURATIONS if kind == "flights" else []:
        longer = table[column].abs().gt(LONGEST).fillna(False)
        yield from broken(f"{column} must be {LONGEST:,} minutes at most", table.loc[longer, column])
    if kind == "airports":
        yield from broken("tzone must be a time zone", table.loc[~table["tzone"].isin(list(zones(table))), "tzone"].dropna())
    if key := ONCE.get(kind):
        yield from broken(f"{' and '.join(key)} must be in one row only", table.loc[table.duplicated(key, keep=False), key])


def is_of(month: str, table: pd.DataFrame) -> pd.Series:
    there = pd.Period(month)
    days = table["day"].between(1, there.days_in_month)
    return (table["year"] == there.year) & (table["month"] == there.month) & days


def zones(airports: pd.DataFrame) -> Iterator[str]:
    for name in airports["tzone"].dropna().unique():
        try:
            yield ZoneInfo(name).key
        except (ValueError, OSError, KeyError):
            continue


def broken(rule: str, cases: pd.DataFrame | pd.Series, *, unit: str = "row") -> Iterator[str]:
    """How often a rule is broken, with three examples; nothing if it is not."""
    if len(cases):
        examples = "; ".join(pd.DataFrame(cases.head(3)).map(shown).agg(" ".join, axis=1))
        yield f"{rule}: not so in {len(cases):,} {unit}{'s'[:len(cases) != 1]}, such as {examples}"


def shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else f"{value}"


def refused(what: str, broken: list[str]) -> Refused:
    return Refused(f"{what} is refused: {'. '.join(broken)}. Nothing of it is kept: run again once it is mended")
