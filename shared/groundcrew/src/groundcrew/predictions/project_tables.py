"""The tables of the prediction store that have the project's features as columns."""

from functools import lru_cache

import sqlalchemy as sql
from sqlalchemy import Column
from sqlalchemy import Index
from sqlalchemy import Table

from groundcrew.predictions.address import project

# Flight ids begin with the day: in the order of bytes, on every database, they are in day order.
TEXT = sql.Text(collation="C").with_variant(sql.Text(), "sqlite")
SERIAL = sql.BigInteger().with_variant(sql.Integer(), "sqlite")
GIVEN, SHADOW = sql.text("role <> 'shadow'"), sql.text("role = 'shadow'")


def predictions() -> Table:
    """The table of answers, with the project's features as columns."""
    return _predictions(project().categories, project().numbers)


@lru_cache(maxsize=1)
def _predictions(categories: tuple[str, ...], numbers: tuple[str, ...]) -> Table:
    texts = ["prediction_id", "flight_id", *categories, "model", "role", "answered_at"]
    measures = [*numbers, "minutes", "milliseconds"]
    return Table(
        "predictions",
        sql.MetaData(),
        Column("number", SERIAL, primary_key=True),
        *(Column(name, TEXT) for name in texts),
        *(Column(name, sql.Double) for name in measures),
        Column("minutes_before", sql.Double, info={"new": True}),  # the scheduled departure
        # Two partial indexes: without a shadow, the second one costs nothing.
        Index("given_by_flight", "flight_id", sqlite_where=GIVEN, postgresql_where=GIVEN),
        Index(
            "shadows_by_model",
            "model",
            "flight_id",
            sqlite_where=SHADOW,
            postgresql_where=SHADOW,
        ),
    )


def timetable() -> Table:
    """The table of the inputs that the timetable has, by flight."""
    return _timetable(project().categories, project().numbers)


@lru_cache(maxsize=1)
def _timetable(categories: tuple[str, ...], numbers: tuple[str, ...]) -> Table:
    return Table(
        "timetable",
        sql.MetaData(),
        Column("flight_id", TEXT, primary_key=True),
        *(Column(name, TEXT) for name in categories),
        *(Column(name, sql.Double) for name in numbers),
    )
