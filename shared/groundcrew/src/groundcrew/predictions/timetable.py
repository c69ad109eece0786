"""The inputs that the timetable has for each flight, beside which a caller's are put."""

import pandas as pd
import sqlalchemy as sql

from groundcrew.predictions import database
from groundcrew.predictions import schema
from groundcrew.predictions.address import project

READ = "SELECT * FROM timetable WHERE flight_id >= :first AND flight_id <= :last"
UPSERT = """
INSERT INTO timetable ({columns}) VALUES ({values})
ON CONFLICT (flight_id) DO UPDATE SET {updates}
"""


def put(flights: pd.DataFrame) -> None:
    """Store the inputs of flights, or replace those that were corrected; idempotent."""
    columns = [column.name for column in schema.timetable().columns]
    if flights.empty or not {*columns} <= {*flights}:
        return
    wanted = flights[columns].astype(object).where(flights[columns].notna(), None)
    ids = {"first": flights["flight_id"].min(), "last": flights["flight_id"].max()}
    updates = ", ".join(f"{name} = excluded.{name}" for name in project().features)
    values = ", ".join("?" * len(columns))
    upsert = UPSERT.format(columns=", ".join(columns), values=values, updates=updates)
    with database.transaction() as connection:
        stored = set(map(tuple, connection.execute(sql.text(READ), ids).all()))
        changed = [row for row in wanted.itertuples(index=False, name=None) if row not in stored]
        if changed:
            database.write(connection, upsert, changed)
