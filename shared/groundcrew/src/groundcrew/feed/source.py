"""Reads the published tables from a folder or a URL; each table is checked as it is read."""

import os
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pandas as pd
import pyarrow as pa

from groundcrew import addresses
from groundcrew import settings
from groundcrew.errors import NotFound
from groundcrew.errors import UserError
from groundcrew.feed import contract
from groundcrew.feed import remote
from groundcrew.feed.file_names import published_months

FILES_KEPT = 8  # the tables of a day, and two or three months of flights and of weather


def read_months(table: str, until: date, since: date | None) -> pd.DataFrame:
    """Return the monthly files of a table from the month of `since` to that of `until`.

    Raises UserError if the feed has no file for these months, or cannot be read.
    """
    first = f"{since:%Y-%m}" if since else ""
    last = f"{until:%Y-%m}"
    months = [month for month in _months(table) if first <= month <= last]
    if not months:
        raise NotFound(
            f"the feed {addresses.shown(settings.feed())} has no {table} for {last}: choose "
            "another day, or set FLIGHTTIME_FEED to the folder or URL of the published tables",
        )
    rows = pd.concat([read(f"{table}/{month}.parquet") for month in months], ignore_index=True)
    return contract.check_key(rows, table)


def read(name: str) -> pd.DataFrame:
    """Return one published file, such as planes.parquet; raises UserError if it is not valid."""
    with _reading(f"{settings.feed()}/{name}") as address:
        if remote.is_remote(address):
            return _table(name, remote.read(address), pd.read_parquet).copy(deep=False)
        try:
            return _table(name, Path(address).read_bytes(), pd.read_parquet).copy(deep=False)
        except (OSError, ValueError):  # it is a folder, or the error has to name the file
            return _checked(name, pd.read_parquet(address))


@lru_cache(maxsize=FILES_KEPT)
def _table(name: str, content: bytes, reader: Callable[[BytesIO], pd.DataFrame]) -> pd.DataFrame:
    """The checked table; kept by its content and its reader, so that what changed is read again.

    A test may replace the reader, as those of a level do.
    """
    return _checked(name, reader(BytesIO(content)))


def _checked(name: str, table: pd.DataFrame) -> pd.DataFrame:
    return contract.check(_with_types_of_numpy(table), name)


def _with_types_of_numpy(table: pd.DataFrame) -> pd.DataFrame:
    """A file may ask pandas for columns of pyarrow, which have other types for the same values."""
    columns = [name for name in table if isinstance(table[name].dtype, pd.ArrowDtype)]
    return table.assign(**{name: pa.array(table[name]).to_pandas() for name in columns})


def _months(table: str) -> list[str]:
    with _reading(f"{settings.feed()}/{table}") as address:
        names = remote.names(address) if remote.is_remote(address) else os.listdir(address)
    return published_months(table, names)


@contextmanager
def _reading(address: str) -> Iterator[str]:
    try:
        yield address
    except (OSError, ValueError, ImportError) as problem:
        reason = f"cannot read {addresses.shown(address)} ({addresses.shown_in(problem)})"
        raise UserError(
            f"{reason}: set FLIGHTTIME_FEED to the folder or URL of the published "
            "tables, and check that it can be reached",
        ) from None
