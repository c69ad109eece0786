"""The contract of the published tables: a table that breaks it cannot be joined and is refused."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pandas as pd
from pandas.api.types import is_integer_dtype
from pandas.api.types import is_numeric_dtype
from pandas.api.types import is_string_dtype

from groundcrew.feed.violations import refusal as refusal
from groundcrew.feed.violations import violations as violations

DAY = ["year", "month", "day"]
CLOCK_TIMES = ["sched_dep_time", "sched_arr_time", "dep_time", "arr_time"]
DURATIONS = ["dep_delay", "air_time"]
WEATHER = ["temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "visib", "pressure"]
COLUMNS = {
    "flights": {
        "whole numbers": [*DAY, "hour", "minute", "flight"],
        "numbers": [*CLOCK_TIMES, *DURATIONS, "distance"],
        "text": ["carrier", "tailnum", "origin", "dest"],
        "instants in UTC": ["time_hour"],
    },
    "weather": {
        "whole numbers": [*DAY, "hour"],
        "numbers": WEATHER,
        "text": ["origin"],
        "instants in UTC": ["time_hour"],
    },
    "planes": {"numbers": ["seats"], "text": ["tailnum"]},
    "airports": {"text": ["faa", "tzone"]},
    "airlines": {"text": ["carrier", "name"]},
}
# The key of a join must be unique.
UNIQUE = {
    "weather": ["origin", "time_hour"],
    "planes": ["tailnum"],
    "airports": ["faa"],
    "airlines": ["carrier"],
}
MAX_MINUTES = 3 * 24 * 60  # flights.LATEST, the search for what landed late, relies on it


def check(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a table published as `name`, such as flights/2013-02.parquet.

    Raises UserError if the table breaks the contract.
    """
    kind, _, month = name.removesuffix(".parquet").partition("/")
    found = list(_in_columns(table, COLUMNS[kind])) or list(_in_rows(table, kind, month))
    if found:
        raise refusal(f"{name} of the feed", found)
    return table


def check_key(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return several months of a table; raises UserError if a key is in more than one."""
    for violation in _repeated_keys(table, kind):
        raise refusal(f"{kind} of the feed", [violation])
    return table


def _in_columns(table: pd.DataFrame, kinds: dict[str, list[str]]) -> Iterator[str]:
    for kind, columns in kinds.items():
        for column in columns:
            if column not in table:
                yield f"{column} must hold {kind}: it is missing in all {len(table):,} rows"
            elif not _HOLDS[kind](table[column]):
                yield from violations(f"{column} must hold {kind}", table[column])


def _is_utc(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.DatetimeTZDtype) and str(column.dt.tz) == "UTC"


def _in_rows(table: pd.DataFrame, kind: str, month: str) -> Iterator[str]:
    if table.empty:
        yield "it must hold rows: it has none"
    if month:
        other = table.loc[~_is_of(month, table), DAY]
        yield from violations(f"year, month and day must be of {month}", other)
    for column in DURATIONS if kind == "flights" else []:
        longer = table[column].abs().gt(MAX_MINUTES).fillna(False)
        rule = f"{column} must be {MAX_MINUTES:,} minutes at most"
        yield from violations(rule, table.loc[longer, column])
    if kind == "airports":
        zones = table["tzone"].dropna()
        unknown = zones[~zones.map(_is_time_zone).astype(bool)]
        yield from violations("tzone must be a time zone", unknown)
    yield from _repeated_keys(table, kind)


def _repeated_keys(table: pd.DataFrame, kind: str) -> Iterator[str]:
    if key := UNIQUE.get(kind):
        repeated = table.loc[table.duplicated(key, keep=False), key]
        yield from violations(f"{' and '.join(key)} must be in one row only", repeated)


def _is_of(month: str, table: pd.DataFrame) -> pd.Series:
    period = pd.Period(month)
    days = table["day"].between(1, period.days_in_month)
    months = (table["year"] == period.year) & (table["month"] == period.month)
    return (months & days).fillna(False).astype(bool)


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


_HOLDS = {
    "whole numbers": is_integer_dtype,
    "numbers": is_numeric_dtype,
    "text": is_string_dtype,
    "instants in UTC": _is_utc,
}
