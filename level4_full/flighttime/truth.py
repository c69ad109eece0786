"""What came of the flights: each landing is written down beside the answers, under the name of its flight."""

from datetime import datetime

import pandas as pd
import sqlalchemy as sql

from flighttime import store
from flighttime.features import TARGET

# One of the two only looked on: what it said is few rows, and found at once.
SAID_BY_BOTH = """
SELECT shadowed.flight_id, shadowed.model, shadowed.minutes, given.minutes AS given, landings.air_time
FROM predictions AS shadowed
JOIN predictions AS given ON given.flight_id = shadowed.flight_id AND given.answered_at = shadowed.answered_at
JOIN landings ON landings.flight_id = shadowed.flight_id
WHERE shadowed.role = 'shadow' AND shadowed.model = {shadow} AND given.role <> 'shadow' AND given.model = {given}
AND shadowed.answered_at >= :since AND landings.air_time IS NOT NULL
ORDER BY shadowed.number, given.number
"""


def same_flights(version: str, other: str, since: datetime) -> pd.DataFrame:
    """The flights that both versions answered from then on, one of them as the other's shadow, and that have landed.

    The columns are flight_id, date, one and other (their last minutes), and air_time.
    """
    asked = {"one": version, "other": other, "since": store.instant(since)}
    with store.transaction() as connection:
        one, two = (
            pd.read_sql_query(sql.text(SAID_BY_BOTH.format(shadow=shadow, given=given)), connection, params=asked)
            for shadow, given in ((":one", ":other"), (":other", ":one"))
        )
    one = one.rename(columns={"minutes": "one", "given": "other"})
    two = two.rename(columns={"minutes": "other", "given": "one"})
    both = pd.concat([one, two]).drop_duplicates("flight_id", keep="last").sort_values("flight_id", ignore_index=True)
    both.insert(1, "date", pd.to_datetime(both["flight_id"].str[:10]))
    return both[["flight_id", "date", "one", "other", TARGET]]
