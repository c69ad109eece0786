"""What production's record holds: answers, failures, landings, what was measured of them, and who is at work on it."""

import sqlalchemy as sql
from sqlalchemy import Column
from sqlalchemy import Index
from sqlalchemy import Table

from flighttime.features import CATEGORIES
from flighttime.features import NUMBERS

ALL = sql.MetaData()
# Names of flights begin with their day: the order of their bytes is that of the days, on every database.
TEXT = sql.Text(collation="C").with_variant(sql.Text(), "sqlite")
COUNTED = sql.BigInteger().with_variant(sql.Integer(), "sqlite")
NOT_A_SHADOW, A_SHADOW = sql.text("role <> 'shadow'"), sql.text("role = 'shadow'")
NAMES = ["prediction_id", "flight_id", *CATEGORIES, "model", "role", "answered_at"]
MEASURES = [*NUMBERS, "minutes", "milliseconds"]
predictions = Table(
    "predictions",
    ALL,
    Column("number", COUNTED, primary_key=True),
    *(Column(name, TEXT) for name in NAMES),
    *(Column(name, sql.Double) for name in MEASURES),
    # What was not given is found by who it is from: while there is none, that costs nothing.
    Index("given_by_flight", "flight_id", sqlite_where=NOT_A_SHADOW, postgresql_where=NOT_A_SHADOW),
    Index("shadows_by_model", "model", "flight_id", sqlite_where=A_SHADOW, postgresql_where=A_SHADOW),
)
failures = Table(
    "failures",
    ALL,
    *(Column(name, TEXT, primary_key=True) for name in ("day", "route", "status")),
    Column("number", sql.Integer, nullable=False),
)
# Minutes are empty for who was cancelled or diverted; days late are those after the day after the scheduled one.
landings = Table(
    "landings",
    ALL,
    Column("flight_id", TEXT, primary_key=True),
    Column("air_time", sql.Double),
    Column("published", TEXT, nullable=False),
    *(Column(name, sql.Integer, nullable=False) for name in ("days_late", "corrections", "repeats")),
)
windows = Table(
    "windows",
    ALL,
    Column("first", TEXT, primary_key=True),
    Column("days", sql.Integer, primary_key=True, autoincrement=False),
    Column("seen", TEXT, nullable=False),
)
drift = Table("drift", ALL, Column("version", TEXT, primary_key=True), Column("learned_from", TEXT, nullable=False))
lease = Table(
    "lease",
    ALL,
    Column("name", TEXT, primary_key=True),
    Column("holder", TEXT),
    Column("until", sql.Double),
    Column("doing", TEXT),
)
alive = Table("alive", ALL, Column("name", TEXT, primary_key=True), Column("at", TEXT))
