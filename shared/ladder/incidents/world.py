"""The outside world of one sandbox: its feed, which only incidents change, and the ground truth."""

import shutil
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from ladder.places import FEED
from ladder.year import world as ground

Change = Callable[[pd.DataFrame], pd.DataFrame]


def publish(folder: Path, months: tuple[str, ...]) -> None:
    """Copy the registers and these months of the published tables."""
    for table in ("flights", "weather"):
        (folder / table).mkdir(parents=True, exist_ok=True)
        for month in months:
            shutil.copyfile(FEED / table / f"{month}.parquet", folder / table / f"{month}.parquet")
    for register in ("planes", "airports", "airlines"):
        shutil.copyfile(FEED / f"{register}.parquet", folder / f"{register}.parquet")


@cache
def original(name: str) -> pd.DataFrame:
    """A table as it really was published, such as `flights/2013-03` or `planes`."""
    return pd.read_parquet(FEED / f"{name}.parquet")


def deliver(feed: Path, name: str, change: Change) -> None:
    """Publish a table with a change, in place of the true one."""
    change(original(name).copy()).to_parquet(feed / f"{name}.parquet", index=False)


def restore(feed: Path, name: str) -> None:
    """The source mends a table."""
    shutil.copyfile(FEED / f"{name}.parquet", feed / f"{name}.parquet")


def day_of(rows: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(rows[["year", "month", "day"]])


def within(rows: pd.DataFrame, first: date, last: date) -> pd.Series:
    """Which rows are of the days from `first` to `last`."""
    return day_of(rows).between(pd.Timestamp(first), pd.Timestamp(last))


def truth(months: tuple[str, ...]) -> pd.Series:
    """The real air time in minutes by flight, of the flights that landed."""
    flights = pd.concat([original(f"flights/{month}") for month in months], ignore_index=True)
    flights = flights[flights["air_time"].notna()]
    return flights.set_index(ground.name(flights))["air_time"].astype("float64")
