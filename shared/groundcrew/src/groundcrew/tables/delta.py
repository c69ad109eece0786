"""A Delta table on disk: atomic writes on a known version, and every version stays readable."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
from deltalake import CommitProperties
from deltalake import DeltaTable
from deltalake import QueryBuilder
from deltalake import write_deltalake
from deltalake.exceptions import DeltaError

from groundcrew.errors import UserError
from groundcrew.tables.delta_log import gone
from groundcrew.tables.delta_log import latest
from groundcrew.tables.delta_log import opened

# By default, Delta deletes log entries that are older than a month when it writes a checkpoint.
KEEP_ALL_VERSIONS = {"delta.enableExpiredLogCleanup": "false"}
# Optimistic concurrency: a commit fails if another process has committed in between.
NO_RETRY = CommitProperties(max_commit_retries=0)


class VersionConflict(Exception):
    """Another process has written a newer version: compare with that one and write again."""


def read(path: Path, version: int | None, query: str) -> pd.DataFrame:
    """Return the result of a SQL query on the table `kept` at a version (default: the newest).

    Raises UserError if the version never existed, or its files were removed or damaged.
    """
    table = opened(path)
    last = table.version()
    version = last if version is None else version
    if not 0 <= version <= last:
        raise UserError(f"there is no data version {version} of {path}: choose 0 to {last}")
    try:
        if version != last:
            table.load_as_version(version)
    except DeltaError as problem:
        raise gone(path, version) from problem
    try:
        # Several times as fast as to_pandas once there are many files.
        found = QueryBuilder().register("kept", table).execute(query).read_all()
    except DeltaError:  # the query is wrong
        raise
    except Exception as problem:  # a removed file raises no class of its own
        raise gone(path, version) from problem
    return pa.table(found).combine_chunks().to_pandas()


def write(path: Path, rows: pd.DataFrame, *, on: int | None, replacing: list[str] | None) -> None:
    """Add rows to version `on` (None: the first); rows with the same `replacing` key are replaced.

    Raises VersionConflict, and writes nothing, if `on` is no longer the newest version.
    """
    rows = rows.reset_index(drop=True)
    try:
        if on is None:
            write_deltalake(
                path,
                rows,
                mode="error",
                configuration=KEEP_ALL_VERSIONS,
                commit_properties=NO_RETRY,
            )
        elif not replacing:
            table = DeltaTable(path, version=on)
            write_deltalake(table, rows, mode="append", commit_properties=NO_RETRY)
        else:
            merge(DeltaTable(path, version=on), rows, replacing)
    except DeltaError:
        if latest(path) == on:
            raise
        raise VersionConflict from None


def merge(table: DeltaTable, rows: pd.DataFrame, key: list[str]) -> None:
    """Replace the rows with the same key, and add the others, in one commit."""
    same_key = " AND ".join(f"old.{column} = new.{column}" for column in key)
    merger = table.merge(
        rows,
        same_key,
        source_alias="new",
        target_alias="old",
        streamed_exec=False,  # so that files without days of these rows are not read
        commit_properties=NO_RETRY,
    )
    merger.when_matched_update_all().when_not_matched_insert_all().execute()
