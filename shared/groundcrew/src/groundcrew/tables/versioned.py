"""A table in a Delta folder: every update is a version, and every version can be read again."""

from datetime import date
from pathlib import Path

import pandas as pd

from groundcrew import settings
from groundcrew.errors import NotFound
from groundcrew.tables import delta
from groundcrew.tables import delta_log
from groundcrew.tables.plain import first_day
from groundcrew.tables.plain import missing
from groundcrew.tables.rows import Changes
from groundcrew.tables.rows import Update
from groundcrew.tables.rows import changes


class VersionedTable:
    """The Delta table in `runs/data/NAME`: one row for each value of the `key` columns."""

    def __init__(self, name: str, key: list[str]) -> None:
        self.name = name
        self.key = key

    @property
    def path(self) -> Path:
        """The folder of the Delta table."""
        return settings.runs() / "data" / self.name

    def exists(self) -> bool:
        """Return whether the table has a version."""
        return delta_log.exists(self.path)

    def version(self) -> int:
        """Return the newest version's number; raises UserError if the table does not exist."""
        self._require()
        return delta.DeltaTable(self.path).version()

    def read(self, *, since: date | None = None, version: int | None = None) -> pd.DataFrame:
        """Return the rows sorted by key, those from `date` = `since` on if given.

        Raises UserError if the version (default: the newest) cannot be read.
        """
        where = f"WHERE date >= '{since}'" if since is not None else ""
        rows = self.query(f"SELECT * FROM kept {where}", version=version)
        return rows.sort_values(self.key, ignore_index=True)

    def query(self, sql: str, *, version: int | None = None) -> pd.DataFrame:
        """Return the result of a SQL query on the table, which is called `kept`."""
        self._require()
        return delta.read(self.path, version, sql)

    def newest(self, column: str) -> date | None:
        """Return the latest day in `column`, or None if the table does not exist."""
        if not self.exists():
            return None
        return self.query(f"SELECT max({column}) AS newest FROM kept")["newest"][0].date()

    def changes(self, rows: pd.DataFrame) -> Changes:
        """Return which of `rows` an upsert would add or correct."""
        stored = self.read(since=first_day(rows)) if len(rows) and self.exists() else rows.head(0)
        return changes(rows, stored, self.key)

    def upsert(self, rows: pd.DataFrame) -> Update:
        """Add the rows with a new key; replace the rows with the same key and other values.

        Atomic and idempotent. After a concurrent update, the rows are compared again.
        """
        while True:
            on = delta_log.latest(self.path)
            changed = self.changes(rows)
            if changed.rows.empty:
                return changed.counts()
            replacing = self.key if changed.corrected.any() else None
            try:
                delta.write(self.path, changed.rows, on=on, replacing=replacing)
                return changed.counts()
            except delta.VersionConflict:
                continue

    def _require(self) -> None:
        if not self.exists():
            raise NotFound(missing(self.path))
