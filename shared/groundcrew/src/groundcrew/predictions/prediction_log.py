"""The prediction log: every answer is stored before it is given, for ground truth to join."""

from collections.abc import Iterable
from collections.abc import Sequence
from datetime import UTC
from datetime import date
from datetime import datetime

import pandas as pd
import sqlalchemy as sql

from groundcrew.predictions import counted
from groundcrew.predictions import database
from groundcrew.predictions import quota
from groundcrew.predictions.address import project
from groundcrew.predictions.prediction_days import id_range

# Of several answers for a flight, the last one is read; shadows are not.
LAST_ANSWERS = """(
    SELECT max(number) FROM predictions
    WHERE flight_id >= :first AND flight_id < :beyond AND role <> 'shadow' GROUP BY flight_id
)"""


def log(answers: Iterable[tuple]) -> None:
    """Store answers in one transaction; once this returns, the end of the process loses none.

    An answer is (prediction_id, flight_id, features, minutes, model, role, milliseconds); features
    is a tuple in the order given to `predictions.use`, role is champion, challenger or shadow.
    Raises UserError if the store cannot be written.
    """
    quota.require_room()
    now, minute = database.timestamp(datetime.now(UTC)), counted.now()
    columns = [*logged_columns(), "minutes_before", "answered_at"]
    insert = f"INSERT INTO predictions ({', '.join(columns)}) VALUES ({markers(columns)})"
    database.append(insert, (_row(answer, minute, now) for answer in answers))


def logged_columns() -> list[str]:
    """The columns of an answer, in order."""
    features = project().features
    return ["prediction_id", "flight_id", *features, "minutes", "model", "role", "milliseconds"]


def markers(columns: Sequence[str]) -> str:
    return ", ".join("?" * len(columns))


def _row(answer: tuple, minute: float, now: str) -> tuple:
    prediction_id, flight_id, features, *given = answer
    before = counted.minutes_before(minute, flight_id, features)
    return prediction_id, flight_id, *features, *given, before, now


def as_answers(scored: pd.DataFrame, role: str = "champion") -> list[tuple]:
    """The rows of a scored frame as answers for `log`; a missing column is stored as NULL.

    `scored` has the features, prediction_id, minutes and model, and maybe flight_id.
    """
    features = zip(*(_values(scored, name) for name in project().features), strict=True)
    ids = (_values(scored, name) for name in ("prediction_id", "flight_id"))
    predicted = (_values(scored, name) for name in ("minutes", "model"))
    rows = zip(*ids, features, *predicted, strict=True)
    # Without milliseconds: a file is scored as a whole.
    return [(*row, role, None) for row in rows]


def _values(frame: pd.DataFrame, name: str) -> list:
    return frame[name].tolist() if name in frame else [None] * len(frame)


def answers(first: date, last: date) -> pd.DataFrame:
    """The last answer of each flight of these days, sorted by flight_id, which begins with the day.

    The columns are those of an answer, each feature on its own, and answered_at.
    """
    columns = ", ".join([*logged_columns(), "answered_at"])
    query = f"SELECT {columns} FROM predictions WHERE number IN {LAST_ANSWERS} ORDER BY flight_id"
    with database.transaction() as connection:
        return pd.read_sql_query(sql.text(query), connection, params=id_range(first, last))
