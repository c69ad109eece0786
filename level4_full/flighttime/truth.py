"""What came of the flights: each landing is written down beside the answers, under the name of its flight.

    python -m flighttime.truth [--since 2013-02-01]

A late landing counts once it is there; of one that is told twice, what was published last; a corrected one by its new
value, also for weeks that were measured before. Who was cancelled or diverted never lands. A landing that nobody had
asked about is kept, and joins the first answer that is given under its name.
"""

import argparse
import json
from dataclasses import asdict
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta

import pandas as pd
import sqlalchemy as sql

from flighttime import feed
from flighttime import holdings
from flighttime import ingest
from flighttime import quarantine
from flighttime import schema
from flighttime import steps
from flighttime import store
from flighttime.features import TARGET

COLUMNS = ["flight_id", TARGET, "published", "days_late", "corrections", "repeats"]
KNOWN = "SELECT * FROM landings WHERE flight_id >= :first"
TAKE = f"""
INSERT INTO landings ({', '.join(COLUMNS)}) VALUES ({', '.join(f':{name}' for name in COLUMNS)})
ON CONFLICT (flight_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in COLUMNS[1:])}
"""
ASKED = "SELECT DISTINCT flight_id FROM predictions WHERE flight_id >= :first AND flight_id <= :last AND role <> 'shadow'"
# One of the two only looked on, whenever the other answered.
SAID_BY_BOTH = """
SELECT shadowed.flight_id, shadowed.minutes AS {shadow}, given.minutes AS {given}, landings.air_time
FROM predictions AS shadowed
JOIN predictions AS given ON given.flight_id = shadowed.flight_id AND given.answered_at = shadowed.answered_at
JOIN landings ON landings.flight_id = shadowed.flight_id
WHERE shadowed.role = 'shadow' AND shadowed.model = :{shadow} AND given.role <> 'shadow' AND given.model = :{given}
AND shadowed.answered_at >= :since AND landings.air_time IS NOT NULL
ORDER BY shadowed.number, given.number
"""


@dataclass(frozen=True)
class Counts:
    """Flights of which word came: what of it was new, and what was odd about that."""

    landed: int = 0
    never: int = 0
    late: int = 0
    duplicate: int = 0
    corrected: int = 0
    unknown: int = 0


def take_in(today: date, since: date | None = None) -> Counts:
    """Write down what the table has that is new, or corrected within a week or from `since` on; a second time, nothing."""
    with store.transaction() as connection:
        last = since or connection.scalar(sql.select(sql.func.max(holdings.landings.c.published)))
        after = last and date.fromisoformat(f"{last}") - feed.LATEST
        told = landings(ingest.read(since=after and after - feed.LATEST), today)
        if told.empty:
            return Counts()
        since_first = {"first": told["flight_id"].min()}
        known = pd.read_sql_query(sql.text(KNOWN), connection, params=since_first).set_index("flight_id")
        new = changed(told, known)
        if new.empty:
            return Counts()
        rows = new[COLUMNS].astype(object).where(new[COLUMNS].notna(), None)
        connection.execute(sql.text(TAKE), rows.to_dict("records"))
        asked = connection.scalars(sql.text(ASKED), {"first": new["flight_id"].min(), "last": new["flight_id"].max()}).all()
    first = new["corrections"] == 0
    return Counts(
        landed=int((first & new[TARGET].notna()).sum()),
        never=int((first & new[TARGET].isna()).sum()),
        late=int((first & (new["days_late"] > 0)).sum()),
        duplicate=int(new["repeats"].sum()),
        corrected=int((~first).sum()),
        unknown=int((first & ~new["flight_id"].isin(asked)).sum()),
    )


def landings(table: pd.DataFrame, today: date) -> pd.DataFrame:
    """What had been published by today, of each flight once: of one that is told twice the table has the last word."""
    told = table.loc[table["published"] <= pd.Timestamp(today), ["flight_id", "date", "published", TARGET]]
    told = told.assign(
        repeats=told["flight_id"].map(told_again()).fillna(0).astype(int),
        days_late=(told["published"] - told["date"]).dt.days - 1,
        published=told["published"].dt.strftime("%Y-%m-%d"),
        corrections=0,
    )
    return told.sort_values("flight_id", ignore_index=True)


def told_again() -> pd.Series:
    """How often more than once a flight was told: what of it does not count is in quarantine."""
    aside = quarantine.read()
    names = [json.loads(row)["flight_id"] for row in aside.loc[aside["rule"] == schema.ONE_ROW, "row"]]
    return pd.Series(names, dtype="str").value_counts()


def changed(told: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The landings that are not known with just this value; of who is, the first word tells how late it was."""
    before = known.reindex(told["flight_id"]).set_axis(told.index)
    there = before["corrections"].notna()
    same = there & ((told[TARGET] == before[TARGET]) | (told[TARGET].isna() & before[TARGET].isna()))
    told = told.assign(
        corrections=before["corrections"].fillna(-1).astype(int) + 1,
        days_late=before["days_late"].where(there, told["days_late"]).astype(int),
    )
    return told[~same]


def same_flights(version: str, other: str, since: datetime) -> pd.DataFrame:
    """The flights that both versions answered from then on, one of them as the other's shadow, and that have landed.

    The columns are flight_id, date, one and other (their last minutes), and air_time.
    """
    asked = {"one": version, "other": other, "since": store.instant(since)}
    pairs = [{"shadow": "one", "given": "other"}, {"shadow": "other", "given": "one"}]
    with store.transaction() as connection:
        said = [pd.read_sql_query(sql.text(SAID_BY_BOTH.format(**pair)), connection, params=asked) for pair in pairs]
    both = pd.concat(said).drop_duplicates("flight_id", keep="last").sort_values("flight_id", ignore_index=True)
    both.insert(1, "date", pd.to_datetime(both["flight_id"].str[:10]))
    return both[["flight_id", "date", "one", "other", TARGET]]


def main(arguments: argparse.Namespace) -> None:
    for name, count in asdict(take_in(arguments.today, arguments.since)).items():
        steps.output(name, count)


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    help = "look again at what was published from this day on (default: a week before the last time)"
    parser.add_argument("--since", type=date.fromisoformat, help=help)
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
