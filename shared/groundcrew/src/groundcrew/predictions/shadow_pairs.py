"""Flights that two versions answered, one of them as the other's shadow: the fairest comparison."""

from datetime import datetime

import pandas as pd
import sqlalchemy as sql

from groundcrew.predictions import counted
from groundcrew.predictions import database
from groundcrew.serving import Model
from groundcrew.serving import prediction_ids

# The two answers of a pair were given to one request: at the same time.
PAIRS = """
SELECT shadowed.flight_id,
shadowed.minutes AS {shadow}, given.minutes AS {given}, landings.air_time
FROM predictions AS shadowed
JOIN predictions AS given
    ON given.flight_id = shadowed.flight_id AND given.answered_at = shadowed.answered_at
JOIN landings ON landings.flight_id = shadowed.flight_id
LEFT JOIN timetable ON timetable.flight_id = shadowed.flight_id
WHERE shadowed.role = 'shadow' AND shadowed.model = :{shadow}
AND given.role <> 'shadow' AND given.model = :{given}
AND shadowed.answered_at >= :since AND landings.air_time IS NOT NULL AND {counts}
ORDER BY shadowed.number, given.number
"""


def beside(answers: pd.DataFrame, shadow: Model | None) -> dict[str, pd.DataFrame]:
    """Return the scored flights by role: the answers, and a shadow's predictions of the same."""
    if shadow is None or answers.empty:
        return {"champion": answers}
    minutes, ids = shadow.predict(answers), prediction_ids(shadow, len(answers))
    made = {"minutes": minutes, "model": shadow.version, "prediction_id": ids}
    return {"champion": answers, "shadow": answers.assign(**made)}


def same_flights(version: str, other: str, since: datetime) -> pd.DataFrame:
    """The landed flights that both versions answered since then, one as the other's shadow.

    The columns are flight_id, date, one and other (the last minutes of each version), air_time.
    """
    parameters = {"one": version, "other": other, "since": database.timestamp(since)}
    roles = [{"shadow": "one", "given": "other"}, {"shadow": "other", "given": "one"}]
    counts = counted.counts("given")
    queries = [sql.text(PAIRS.format(**role, counts=counts)) for role in roles]
    with database.transaction() as connection:
        found = [pd.read_sql_query(query, connection, params=parameters) for query in queries]
    pairs = pd.concat(found).drop_duplicates("flight_id", keep="last")
    pairs = pairs.sort_values("flight_id", ignore_index=True)
    pairs.insert(1, "date", pd.to_datetime(pairs["flight_id"].str[:10]))
    return pairs[["flight_id", "date", "one", "other", "air_time"]]
