"""What each version was trained on, as a profile to measure data drift against; computed once."""

import json

import sqlalchemy as sql

from groundcrew.predictions import database
from groundcrew.predictions.schema import profiles


def store(version: str, profile: dict) -> None:
    """Store the profile of a version, in place of an earlier one."""
    with database.transaction() as connection:
        connection.execute(sql.delete(profiles).where(profiles.c.version == version))
        row = {"version": version, "learned_from": json.dumps(profile)}
        connection.execute(sql.insert(profiles).values(row))


def read(version: str) -> dict | None:
    """The profile of a version; None if it was not stored."""
    query = sql.select(profiles.c.learned_from).where(profiles.c.version == version)
    with database.transaction() as connection:
        content = connection.scalar(query)
    return json.loads(content) if content else None
