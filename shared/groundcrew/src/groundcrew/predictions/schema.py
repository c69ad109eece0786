"""The tables of the prediction store: answers, failures, landings, windows, and the lease."""

from functools import lru_cache

import sqlalchemy as sql
from sqlalchemy import Column
from sqlalchemy import Index
from sqlalchemy import Table
from sqlalchemy.schema import CreateIndex
from sqlalchemy.schema import CreateTable

from groundcrew.errors import UserError
from groundcrew.predictions.address import file_of
from groundcrew.predictions.address import project
from groundcrew.predictions.address import shown

# Flight ids begin with the day: in the order of bytes, on every database, they are in day order.
TEXT = sql.Text(collation="C").with_variant(sql.Text(), "sqlite")
SERIAL = sql.BigInteger().with_variant(sql.Integer(), "sqlite")
GIVEN, SHADOW = sql.text("role <> 'shadow'"), sql.text("role = 'shadow'")

METADATA = sql.MetaData()
failures = Table(
    "failures",
    METADATA,
    *(Column(name, TEXT, primary_key=True) for name in ("day", "route", "status")),
    Column("number", sql.Integer, nullable=False),
)
# air_time is NULL for a cancelled or diverted flight; days_late: beyond the day after departure.
landings = Table(
    "landings",
    METADATA,
    Column("flight_id", TEXT, primary_key=True),
    Column("air_time", sql.Double),
    Column("published", TEXT, nullable=False),
    Column("days_late", sql.Integer, nullable=False),
    Column("corrections", sql.Integer, nullable=False),
    Column("repeats", sql.Integer, nullable=False),
)
# `seen` holds the window as JSON. Names of columns stay as they are in databases already in use.
windows = Table(
    "windows",
    METADATA,
    Column("first", TEXT, primary_key=True),
    Column("days", sql.Integer, primary_key=True, autoincrement=False),
    Column("seen", TEXT, nullable=False),
)
lease = Table(
    "lease",
    METADATA,
    Column("name", TEXT, primary_key=True),
    Column("holder", TEXT),
    Column("until", sql.Double),
    Column("doing", TEXT),
)
alive = Table("alive", METADATA, Column("name", TEXT, primary_key=True), Column("at", TEXT))


def create(connection: sql.Connection, url: str) -> None:
    """Create the tables that are missing; raises UserError if one has other columns."""
    if file_of(url) is None:
        # Two processes that create the same table at the same time fail on PostgreSQL.
        connection.execute(sql.text("SELECT pg_advisory_xact_lock(2013)"))
    for table in [predictions(), *METADATA.sorted_tables]:
        connection.execute(CreateTable(table, if_not_exists=True))
        _require_columns(connection, table, url)
        for index in table.indexes:
            connection.execute(CreateIndex(index, if_not_exists=True))


def _require_columns(connection: sql.Connection, table: Table, url: str) -> None:
    existing = {column["name"] for column in sql.inspect(connection).get_columns(table.name)}
    if missing := [name for name in table.columns.keys() if name not in existing]:
        raise UserError(
            f"{shown(url)} is not a prediction store of this version: its table {table.name} has "
            f"no {', '.join(missing)}: move it away, or name another one",
        )


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
