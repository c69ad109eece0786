"""A table in one Parquet file, which every update replaces atomically."""

from datetime import date
from pathlib import Path

import pandas as pd

from groundcrew import files
from groundcrew import locks
from groundcrew import settings
from groundcrew.errors import NotFound
from groundcrew.tables.rows import Changes
from groundcrew.tables.rows import Update
from groundcrew.tables.rows import changes
from groundcrew.tables.rows import holds_keys

SECONDS_TO_WAIT = 60


class Table:
    """The Parquet file `runs/data/NAME.parquet`: one row for each value of the `key` columns."""

    def __init__(self, name: str, key: list[str]) -> None:
        self.name = name
        self.key = key

    @property
    def path(self) -> Path:
        """The Parquet file."""
        return settings.runs() / "data" / f"{self.name}.parquet"

    def exists(self) -> bool:
        """Return whether the table has been written."""
        return self.path.exists()

    def read(self, *, since: date | None = None) -> pd.DataFrame:
        """Return the rows sorted by key, those from `date` = `since` on if given.

        Raises UserError if the table does not exist.
        """
        if not self.exists():
            raise NotFound(missing(self.path))
        filters = [("date", ">=", pd.Timestamp(since))] if since else None
        return pd.read_parquet(self.path, filters=filters)

    def newest(self, column: str) -> date | None:
        """Return the latest day in `column`, or None if the table does not exist."""
        if not self.exists():
            return None
        return pd.read_parquet(self.path, columns=[column])[column].max().date()

    def changes(self, rows: pd.DataFrame) -> Changes:
        """Return which of `rows` an upsert would add or correct."""
        stored = self.read(since=first_day(rows)) if len(rows) and self.exists() else rows.head(0)
        return changes(rows, stored, self.key)

    def upsert(self, rows: pd.DataFrame) -> Update:
        """Add the rows with a new key; replace the rows with the same key and other values.

        Atomic and idempotent.
        """
        with locks.exclusive(f"update of {self.name}", SECONDS_TO_WAIT):
            changed = self.changes(rows)
            if len(changed.rows):
                self._write(changed.rows)
        return changed.counts()

    def _write(self, changed: pd.DataFrame) -> None:
        if self.exists():
            table = self.read()
            changed = pd.concat([table[~holds_keys(changed, table, self.key)], changed])
        files.write_atomically(
            self.path,
            changed.sort_values(self.key, ignore_index=True).to_parquet,
        )


def missing(path: Path) -> str:
    """Return the message for a table that does not exist."""
    return f"there is no {path} yet: run python -m {settings.project_name()}.ingest"


def first_day(rows: pd.DataFrame) -> date | None:
    """Return the earliest `date`, before which no stored row can have the same key."""
    return rows["date"].min() if "date" in rows else None
