"""The tables of the prediction store: answers, timetable, landings, failures, windows, lease."""

import sqlalchemy as sql
from sqlalchemy import Column
from sqlalchemy import Table
from sqlalchemy.schema import CreateColumn
from sqlalchemy.schema import CreateIndex
from sqlalchemy.schema import CreateTable

from groundcrew.errors import UserError
from groundcrew.predictions.address import file_of
from groundcrew.predictions.address import shown
from groundcrew.predictions.project_tables import TEXT
from groundcrew.predictions.project_tables import predictions as predictions
from groundcrew.predictions.project_tables import timetable as timetable

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
    for table in [predictions(), timetable(), *METADATA.sorted_tables]:
        connection.execute(CreateTable(table, if_not_exists=True))
        _add_new_columns(connection, table)
        _require_columns(connection, table, url)
        for index in table.indexes:
            connection.execute(CreateIndex(index, if_not_exists=True))


def _add_new_columns(connection: sql.Connection, table: Table) -> None:
    """Add the columns that an older store lacks; its rows do not have their values."""
    existing = {column["name"] for column in sql.inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.info.get("new") and column.name not in existing:
            definition = CreateColumn(column).compile(connection)
            connection.execute(sql.DDL(f"ALTER TABLE {table.name} ADD COLUMN {definition}"))


def _require_columns(connection: sql.Connection, table: Table, url: str) -> None:
    existing = {column["name"] for column in sql.inspect(connection).get_columns(table.name)}
    if missing := [name for name in table.columns.keys() if name not in existing]:
        raise UserError(
            f"{shown(url)} is not a prediction store of this version: its table {table.name} has "
            f"no {', '.join(missing)}: move it away, or name another one",
        )
