"""Every answer is written down before it is given, so that its landing can be held against it."""

from collections.abc import Iterable
from collections.abc import Sequence
from datetime import UTC
from datetime import date
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd
import sqlalchemy as sql

from flighttime import store
from flighttime.features import FEATURES

if TYPE_CHECKING:
    from flighttime.production import Production

# Who an answer is from: the version that answers, the other arm of a split, or one that only looks on.
CHAMPION, CHALLENGER, SHADOW = "champion", "challenger", "shadow"
NOTED = ["prediction_id", "flight_id", *FEATURES, "minutes", "model", "role", "milliseconds"]
INSERT = f"INSERT INTO predictions ({', '.join(NOTED)}, answered_at) VALUES ({'?, ' * len(NOTED)}?)"
# The last answer that was given for each flight counts.
COUNTS = """(
    SELECT max(number) FROM predictions
    WHERE flight_id >= :first AND flight_id < :beyond AND role <> 'shadow' GROUP BY flight_id
)"""
GIVEN = f"SELECT {', '.join(NOTED)}, answered_at FROM predictions WHERE number IN {COUNTS} ORDER BY flight_id"


def record(answers: Iterable[Sequence]) -> None:
    """Write answers down, each in the order of NOTED; what this returns from is not lost if the process dies.

    Raises Refused if it cannot: an answer that nobody can check is not given.
    """
    now = store.instant(datetime.now(UTC))
    store.append(INSERT, ((*answer, now) for answer in answers))


def role(model: "Production", version: str) -> str:
    """Whose answer one of `version` is, where `model` answers."""
    return CHAMPION if version == model.version else CHALLENGER


def read(first: date, last: date) -> pd.DataFrame:
    """The last answer given for each flight of these days: names of flights begin with their day."""
    with store.transaction() as connection:
        return pd.read_sql_query(sql.text(GIVEN), connection, params=span(first, last))


def span(first: date, last: date) -> dict[str, str]:
    """What lies between the names of these days' flights, for a query."""
    return {"first": f"{first}", "beyond": f"{last} ~"}
