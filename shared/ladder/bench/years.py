"""A feed that repeats the year, so that there are more rows of the same kind."""

from pathlib import Path
from shutil import copy

import pandas as pd

from ladder.places import FEED

DAYS = 365
MONTHLY = ["flights", "weather"]


def write(years: int, folder: Path) -> Path:
    """Publish copies of the year one after the other, from 2013-01-01 on."""
    for path in FEED.glob("*.parquet"):
        copy(path, folder)
    for table in MONTHLY:
        (folder / table).mkdir()
        rest = None
        for year in range(years):
            rows = pd.concat(
                [pd.read_parquet(path) for path in sorted((FEED / table).glob("*.parquet"))]
            )
            rest = publish(
                pd.concat([rest, later(rows, year * DAYS)]), folder / table, whole=year == years - 1
            )
    return folder


def later(rows: pd.DataFrame, days: int) -> pd.DataFrame:
    """The same rows, moved by `days`."""
    shift = pd.Timedelta(days=days)
    day = pd.to_datetime(rows[["year", "month", "day"]]) + shift
    moved = {
        "year": day.dt.year,
        "month": day.dt.month,
        "day": day.dt.day,
        "time_hour": rows["time_hour"] + shift,
    }
    return rows.assign(**{name: column.astype(rows[name].dtype) for name, column in moved.items()})


def publish(rows: pd.DataFrame, folder: Path, *, whole: bool) -> pd.DataFrame:
    """Write a file a month; returns the last month, which is not written unless `whole`."""
    months = list(rows.groupby(["year", "month"]))
    for (year, month), of_month in months if whole else months[:-1]:
        of_month.reset_index(drop=True).to_parquet(folder / f"{year}-{month:02}.parquet")
    return months[-1][1]
