"""Rows compared by their values: which of them a table does not hold yet."""

import hashlib
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from groundcrew import settings
from groundcrew.errors import NotFound


class Update(NamedTuple):
    """How many rows an upsert added, and how many replaced a row with the same key."""

    added: int
    corrected: int


class Changes(NamedTuple):
    """The rows that a table does not hold with these values, and which of their keys it holds."""

    rows: pd.DataFrame
    corrected: np.ndarray

    def counts(self) -> Update:
        """Return how many rows are new and how many are corrections."""
        return Update(int((~self.corrected).sum()), int(self.corrected.sum()))


def changes(rows: pd.DataFrame, stored: pd.DataFrame, key: list[str]) -> Changes:
    """Compare `rows` with `stored`, both with the same columns.

    Of several rows with the same key the last one counts, as if each had come in its own delivery.
    """
    rows = rows.drop_duplicates(key, keep="last")
    changed = rows[~_fingerprints(rows).isin(_fingerprints(stored[list(rows.columns)]))]
    return Changes(changed, holds_keys(stored, changed, key))


def holds_keys(stored: pd.DataFrame, rows: pd.DataFrame, key: list[str]) -> np.ndarray:
    """Return for each of `rows` whether `stored` has a row with the same key."""
    keys = pd.MultiIndex.from_frame(stored[key])
    return pd.MultiIndex.from_frame(rows[key]).isin(keys)


def between(rows: pd.DataFrame, first: date, until: date, what: str) -> pd.DataFrame:
    """Return the rows with a `date` from `first` on and before `until`.

    Raises NotFound, which says that no `what` is in these days, if there are none.
    """
    days = rows["date"].between(pd.Timestamp(first), pd.Timestamp(until), inclusive="left")
    if not days.any():
        raise NotFound(
            f"no {what} from {first} until {until}: run python -m {settings.project_name()}.ingest"
            ", or choose a later day",
        )
    return rows[days]


def digest(frame: pd.DataFrame) -> str:
    """Return a SHA-256 digest of the columns' names and the rows' values, in any row order."""
    rows = _fingerprints(frame).sort_values()
    names = " ".join(frame.columns).encode()
    return hashlib.sha256(names + rows.to_numpy("<u8").tobytes()).hexdigest()


def _fingerprints(rows: pd.DataFrame) -> pd.Series:
    return pd.util.hash_pandas_object(rows, index=False)
