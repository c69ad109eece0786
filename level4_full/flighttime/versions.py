"""Tables kept as versions: a write is whole or not there, none is lost to another, and each can be read again."""

import hashlib
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
from deltalake import CommitProperties
from deltalake import DeltaTable
from deltalake import QueryBuilder
from deltalake import write_deltalake
from deltalake.exceptions import DeltaError

from flighttime.errors import Refused

# Without this Delta forgets what is older than a month, some two hundred writes later.
FOR_GOOD = {"delta.enableExpiredLogCleanup": "false"}
# Nothing is added to a version that the writer has not seen.
AT_ONCE = CommitProperties(max_commit_retries=0)
# Delta writes to such a folder and does not find it again.
UNREADABLE = re.compile(r"%[0-9A-Fa-f]{2}|[\[\]\\^|\x00-\x1f\x7f]")


class Overtaken(Exception):
    """Another process has written meanwhile: look at the table again."""


def exists(place: Path) -> bool:
    """Whether there is a version; raises Refused if Delta could not read it back."""
    if wrong := UNREADABLE.search(place.as_posix()):
        raise Refused(
            f"{place} cannot keep versions of a table: Delta cannot read back a folder with {wrong[0]!r} in its name, "
            "so set FLIGHTTIME_RUNS to a folder without it",
        )
    return DeltaTable.is_deltatable(str(place))


def latest(place: Path) -> int | None:
    """The number of the newest version; None before the first."""
    return newest(place).version() if exists(place) else None


def newest(place: Path) -> DeltaTable:
    """The newest version; raises Refused before the first."""
    if not exists(place):
        raise Refused(f"there is no {place} yet: run python -m flighttime.ingest")
    return DeltaTable(place)


def read(place: Path, version: int | None = None, query: str = "SELECT * FROM kept") -> pd.DataFrame:
    """What is kept now, or was at a version, in any order; raises Refused if that was never made, or is gone."""
    table = newest(place)
    last = table.version()
    version = last if version is None else version
    if not 0 <= version <= last:
        raise Refused(f"there is no data version {version} of {place}: choose one from 0 to {last}")
    try:
        if version != last:
            table.load_as_version(version)
        # Several times as fast as to_pandas once there are many files.
        found = QueryBuilder().register("kept", table).execute(query).read_all()
    except Exception as problem:  # a file that is not there has no kind of its own
        raise Refused(
            f"data version {version} of {place} is gone, its files were removed: "
            "bring the folder back from a backup, or choose a later version",
        ) from problem
    return pa.table(found).combine_chunks().to_pandas()


def write(place: Path, rows: pd.DataFrame, *, on: int | None, replacing: list[str] | None = None) -> None:
    """Add rows to version `on`, if there is one; rows of the same `replacing` give way to them.

    Raises Overtaken if `on` is not the newest version any more; nothing is written then.
    """
    rows = rows.reset_index(drop=True)
    try:
        if on is None:
            write_deltalake(place, rows, mode="error", configuration=FOR_GOOD, commit_properties=AT_ONCE)
        elif not replacing:
            write_deltalake(DeltaTable(place, version=on), rows, mode="append", commit_properties=AT_ONCE)
        else:
            merge(DeltaTable(place, version=on), rows, replacing)
    except DeltaError:
        if latest(place) == on:
            raise
        raise Overtaken from None


def merge(table: DeltaTable, rows: pd.DataFrame, key: list[str]) -> None:
    same = " AND ".join(f"old.{column} = new.{column}" for column in key)
    sides = {"source_alias": "new", "target_alias": "old"}
    # Not streamed, so that only files with days of these rows are read.
    merged = table.merge(rows, same, **sides, streamed_exec=False, commit_properties=AT_ONCE)
    merged.when_matched_update_all().when_not_matched_insert_all().execute()


def digest(table: pd.DataFrame) -> str:
    """SHA-256 over the columns' names and what is in the rows, in whatever order they lie."""
    rows = pd.util.hash_pandas_object(table, index=False).sort_values()
    return hashlib.sha256(" ".join(table.columns).encode() + rows.to_numpy("<u8").tobytes()).hexdigest()
