"""What was measured of production, one entry a window of days, such as a week."""

import json
from collections.abc import Iterable
from datetime import date
from math import isfinite
from typing import Any

import sqlalchemy as sql

from groundcrew.predictions import database
from groundcrew.predictions import schema

WEEK = 7  # days
UPSERT = """
INSERT INTO windows (first, days, seen) VALUES (:first, :days, :seen)
ON CONFLICT (first, days) DO UPDATE SET seen = excluded.seen
"""


def store(windows: Iterable[dict]) -> None:
    """Store windows; each replaces the one with the same `first` (its first day) and `days`.

    A window may hold numbers, texts, dates, lists and dicts. Unchanged windows are not written.
    """
    contents = [as_json(window) for window in windows]
    with database.transaction() as connection:
        rows = connection.execute(sql.select(schema.windows))
        stored = {(row.first, row.days): json.loads(row.seen) for row in rows}
        for content in contents:
            first, days = content["first"], content["days"]
            if stored.get((first, days)) != content:
                row = {"first": first, "days": days, "seen": json.dumps(content)}
                connection.execute(sql.text(UPSERT), row)


def read(count: int, days: int = WEEK) -> list[dict]:
    """The last `count` windows of so many days, oldest first; a number that is unknown is None."""
    table = schema.windows
    newest = sql.select(table.c.seen).where(table.c.days == days).order_by(table.c.first.desc())
    with database.transaction() as connection:
        contents = list(connection.scalars(newest.limit(count)))
    return [json.loads(content) for content in reversed(contents)]


def as_json(value: Any) -> Any:
    """The value as JSON can hold it: NaN and infinity become None, a date becomes text."""
    if isinstance(value, dict):
        return {f"{name}": as_json(content) for name, content in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(content) for content in value]
    if isinstance(value, date):
        return f"{value}"
    return None if isinstance(value, float) and not isfinite(value) else value
