"""Reads the published tables from a folder or a URL; each table is checked as it is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import fsspec
import pandas as pd

from groundcrew import settings
from groundcrew.errors import NotFound
from groundcrew.errors import UserError
from groundcrew.feed import contract


def read_months(table: str, until: date, since: date | None) -> pd.DataFrame:
    """Return the monthly files of a table from the month of `since` to that of `until`.

    Raises UserError if the feed has no file for these months, or cannot be read.
    """
    first = f"{since:%Y-%m}" if since else ""
    last = f"{until:%Y-%m}"
    months = [month for month in _months(table) if first <= month <= last]
    if not months:
        raise NotFound(
            f"the feed {settings.feed()} has no {table} for {last}: choose another day, "
            "or set FLIGHTTIME_FEED to the folder or URL of the published tables",
        )
    return pd.concat([read(f"{table}/{month}.parquet") for month in months], ignore_index=True)


def read(name: str) -> pd.DataFrame:
    """Return one published file, such as planes.parquet; raises UserError if it is not valid."""
    with _reading(f"{settings.feed()}/{name}") as address:
        return contract.check(pd.read_parquet(address), name)


def _months(table: str) -> list[str]:
    with _reading(f"{settings.feed()}/{table}") as address:
        system, folder = fsspec.core.url_to_fs(address)
        paths = system.ls(folder, detail=False)
    names = [path.replace("\\", "/").rsplit("/", 1)[-1] for path in paths]
    return sorted(name.removesuffix(".parquet") for name in names if name.endswith(".parquet"))


@contextmanager
def _reading(address: str) -> Iterator[str]:
    try:
        yield address
    except (OSError, ValueError, ImportError) as problem:
        raise UserError(
            f"cannot read {address} ({problem}): set FLIGHTTIME_FEED to the folder or URL "
            "of the published tables, and check that it can be reached",
        ) from None
