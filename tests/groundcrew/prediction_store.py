"""A prediction store of its own for a test, and answers to put into it."""

import os
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sql

from groundcrew import predictions
from groundcrew import settings
from groundcrew.predictions import address
from groundcrew.predictions import database
from groundcrew.predictions import schema

CATEGORIES = ["carrier", "origin", "dest"]
NUMBERS = ["distance", "sched_dep_min", "sched_block", "seats"]
FEATURES = ("UA", "EWR", "IAH", 1400.0, 317.0, 244.0, 149.0)
DAY = date(2013, 3, 5)


def use_store(state: Path, patch: pytest.MonkeyPatch) -> None:
    """Begin without a store, in a state folder of the test's own."""
    patch.setenv("FLIGHTTIME_RUNS", f"{state}")
    patch.setenv("FLIGHTTIME_TODAY", "2013-03-01")
    patch.delenv("FLIGHTTIME_OBSERVED", raising=False)
    patch.delenv("FLIGHTTIME_ENVIRONMENT", raising=False)
    use_project()


def use_project() -> None:
    predictions.use(
        folder=lambda: settings.runs() / environment(),
        external_allowed=lambda: environment() == "production",
        categories=CATEGORIES,
        numbers=NUMBERS,
    )


def environment() -> str:
    return os.environ.get("FLIGHTTIME_ENVIRONMENT") or "production"


def store_file() -> Path:
    return address.file_of(address.address())


def answer(
    flight_id: str | None,
    version: str = "7",
    role: str = "champion",
    minutes: float = 200.5,
    features: tuple = FEATURES,
) -> tuple:
    return (f"{version}-{flight_id}", flight_id, features, minutes, version, role, 0.25)


def rows(table: sql.Table | None = None) -> list[sql.Row]:
    """All rows of a table; without one, all answers."""
    query = sql.select(schema.predictions() if table is None else table)
    with database.transaction() as connection:
        return connection.execute(query).all()
