"""Landings beside answers: ground truth joins the prediction with the same flight id."""

from datetime import date

import pandas as pd
import sqlalchemy as sql

from groundcrew.predictions import counted
from groundcrew.predictions import database
from groundcrew.predictions import schema
from groundcrew.predictions.address import project
from groundcrew.predictions.prediction_days import id_range

COLUMNS = ["flight_id", "air_time", "published", "days_late", "corrections", "repeats"]
KNOWN = "SELECT * FROM landings WHERE flight_id >= :first"
UPSERT = f"""
INSERT INTO landings ({", ".join(COLUMNS)}) VALUES ({", ".join("?" * len(COLUMNS))})
ON CONFLICT (flight_id) DO UPDATE SET
{", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])}
"""
ASKED = """
SELECT DISTINCT flight_id FROM predictions
WHERE flight_id >= :first AND flight_id <= :last AND role <> 'shadow'
"""
OUTCOMES = """
SELECT given.flight_id, {features}, minutes, model, milliseconds,
air_time, published, days_late, corrections
FROM predictions AS given
LEFT JOIN landings ON landings.flight_id = given.flight_id AND landings.published <= :today
WHERE number IN (
    SELECT max(given.number) FROM predictions AS given
    LEFT JOIN timetable ON timetable.flight_id = given.flight_id
    WHERE given.flight_id >= :first AND given.flight_id < :beyond AND given.role <> 'shadow'
    AND {counts} GROUP BY given.flight_id
)
"""


def put_landings(rows: pd.DataFrame) -> None:
    """Insert landings, or replace those of the same flight_id; idempotent, all or nothing.

    The columns are COLUMNS: air_time in minutes (NaN for a flight that was cancelled or diverted),
    published (YYYY-MM-DD), days_late, and how often it was corrected and repeated.
    """
    if rows.empty:
        return
    values = rows[COLUMNS].astype(object).where(rows[COLUMNS].notna(), None)
    with database.transaction() as connection:
        database.write(connection, UPSERT, list(values.itertuples(index=False, name=None)))


def counts(changed: pd.DataFrame) -> dict[str, int]:
    """Count changed landings by what is new about them."""
    new = changed["corrections"] == 0
    landed, late = changed["air_time"].notna(), changed["days_late"] > 0
    return {
        "landed": int((new & landed).sum()),
        "cancelled": int((new & ~landed).sum()),
        "late": int((new & late).sum()),
        "corrected": int((~new).sum()),
        "not_predicted": int((new & ~answered(changed["flight_id"])).sum()),
    }


def known_landings(first_id: str) -> pd.DataFrame:
    """All stored landings from this flight id on, with the columns of `put_landings`."""
    with database.transaction() as connection:
        return pd.read_sql_query(sql.text(KNOWN), connection, params={"first": first_id})


def last_landing() -> date | None:
    """The last day on which a stored landing was published; None without one."""
    newest = sql.select(sql.func.max(schema.landings.c.published))
    with database.transaction() as connection:
        published = connection.scalar(newest)
    return date.fromisoformat(published) if published else None


def asked(first_id: str, last_id: str) -> list[str]:
    """The ids from first to last, both included, of the flights that were answered."""
    ids = {"first": first_id, "last": last_id}
    with database.transaction() as connection:
        return list(connection.scalars(sql.text(ASKED), ids))


def answered(flight_ids: pd.Series) -> pd.Series:
    """Which of these flights were answered."""
    if flight_ids.empty:
        return flight_ids.astype(bool)
    return flight_ids.isin(asked(flight_ids.min(), flight_ids.max()))


def outcomes(first: date, last: date, today: date) -> pd.DataFrame:
    """The last counted answer of each flight of these days, with its landing by `today`.

    The columns are flight_id, the features, minutes, model, milliseconds, air_time, published,
    days_late and corrections; the last four are missing while the landing is.
    """
    names = ", ".join(project().features)
    query = sql.text(OUTCOMES.format(features=names, counts=counted.counts("given")))
    parameters = id_range(first, last) | {"today": f"{today}"}
    with database.transaction() as connection:
        joined = pd.read_sql_query(query, connection, params=parameters)
    return joined.sort_values("flight_id", ignore_index=True)
