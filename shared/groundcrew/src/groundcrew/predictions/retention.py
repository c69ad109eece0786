"""Nothing grows for ever: old answers leave the prediction log for files, and their weeks stay.

A week that is measured and older than `keep_days` is exported, then removed; its numbers stay.
Answers that no week counts, such as those without a flight's id, leave in the same way by age.
"""

from collections.abc import Mapping
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta

import pandas as pd
import sqlalchemy as sql

from groundcrew import commands
from groundcrew import files
from groundcrew.predictions import counted
from groundcrew.predictions import database
from groundcrew.predictions import schema
from groundcrew.predictions import windows
from groundcrew.predictions.address import project
from groundcrew.predictions.prediction_days import id_range

FOLDER = "archive"
MOST_ROWS = 200_000  # at a time: they are held in memory
WEEK = "given.flight_id >= :first AND given.flight_id < :beyond"
UNCOUNTED = "(minutes_before IS NULL OR minutes_before < 0) AND answered_at < :before"
READ = """
SELECT given.*, landings.air_time, landings.published
FROM predictions AS given LEFT JOIN landings ON landings.flight_id = given.flight_id
WHERE {which} ORDER BY given.number LIMIT {most}
"""
# An answer that came in meanwhile is not in the file yet.
REMOVE = "DELETE FROM predictions AS given WHERE {which} AND given.number <= :newest"
REMOVE_DAYS = "DELETE FROM {table} WHERE flight_id >= :first AND flight_id < :beyond"


def keep(weeks: list[dict]) -> None:
    """Store measured weeks, the oldest first, and archive what is older than the limit."""
    done = archived()
    windows.store(
        {**week, "days": windows.WEEK, "left_out": counted.report(week["first"])}
        for week in weeks
        if week["first"] not in done
    )
    keep_days = project().limits().get("keep_days")
    if weeks and keep_days:
        first, newest = (date.fromisoformat(weeks[place]["first"]) for place in (0, -1))
        # What is measured now may be measured again.
        tidy(min(newest - timedelta(days=keep_days), first), keep_days)


def tidy(before: date, keep_days: int) -> None:
    """Archive measured weeks from before this day, and answers that never count, by their age."""
    for week in archivable(before):
        first = date.fromisoformat(week["first"])
        days = id_range(first, first + timedelta(days=windows.WEEK - 1))
        count = archive(week["first"], WEEK, days)
        with database.transaction() as connection:
            for table in ("timetable", "landings"):
                connection.execute(sql.text(REMOVE_DAYS.format(table=table)), days)
        windows.store([week | {"archived": count}])
    old = datetime.now(UTC) - timedelta(days=keep_days)
    archive(f"uncounted-{old:%Y-%m-%d}", UNCOUNTED, {"before": database.timestamp(old)})


def archivable(before: date) -> list[dict]:
    """The measured weeks that began before this day and are still in the log."""
    table = schema.windows
    old = sql.select(table.c.first).where(table.c.days == windows.WEEK, table.c.first < f"{before}")
    with database.transaction() as connection:
        firsts = set(connection.scalars(old))
    weeks = [week for week in windows.read(10_000) if week["first"] in firsts]
    return [week for week in weeks if "archived" not in week]


def archived() -> set[str]:
    """The first days of the weeks whose answers are in files: they are not measured again."""
    return {week["first"] for week in windows.read(10_000) if "archived" in week}


def archive(name: str, which: str, parameters: Mapping[str, str]) -> int:
    """Write answers to files, then remove them; returns how many. A kill in between loses none."""
    read = sql.text(READ.format(which=which, most=MOST_ROWS))
    count = 0
    while True:
        with database.transaction() as connection:
            rows = pd.read_sql_query(read, connection, params=dict(parameters))
        if rows.empty:
            return count
        export(name, rows)
        newest = {**parameters, "newest": int(rows["number"].max())}
        with database.transaction() as connection:
            connection.execute(sql.text(REMOVE.format(which=which)), newest)
        count += len(rows)


def export(name: str, rows: pd.DataFrame) -> None:
    folder = project().folder() / FOLDER
    numbers = range(1, 2 + len(list(folder.glob(f"{name}*.parquet"))))
    names = [folder / f"{name}-{number}.parquet" for number in numbers]
    file = next(path for path in names if not path.exists())
    files.write_atomically(file, lambda path: rows.to_parquet(path, index=False))
    commands.notice(f"{len(rows):,} answers were moved from the prediction log to {file}")
