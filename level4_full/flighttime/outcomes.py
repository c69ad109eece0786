"""Ground truth: each landing is stored under its flight's id, and joins the prediction.

python -m flighttime.outcomes [--since 2013-02-01]

A correction replaces the earlier value. An answer that was given for other inputs is not measured.
"""

from datetime import date

import pandas as pd

from flighttime import features
from flighttime import ingest
from flighttime.predictions import STORE
from groundcrew import commands
from groundcrew import feed


def update(today: date, since: date | None = None) -> dict[str, int]:
    """Store what is new or corrected since the last time; idempotent. Returns the counts."""
    last = since or STORE.last_landing()
    # A week for what lands late, and one more for what is corrected after that.
    table = ingest.TABLE.read(since=last and last - 2 * feed.LATEST)
    return STORE.landing_counts(STORE.put_landings(landings(table, today)))


def landings(table: pd.DataFrame, today: date) -> pd.DataFrame:
    """The outcomes published by `today`: minutes in the air, or none, as of a cancelled flight."""
    columns = ["flight_id", "date", "published", *features.FEATURES, features.TARGET]
    rows = table.loc[table["published"] <= pd.Timestamp(today), columns]
    days_late = (rows["published"] - rows["date"]).dt.days - 1  # usual is the day after
    return rows.assign(days_late=days_late).sort_values("flight_id")


def main(*, today: commands.Today, since: commands.Day = None) -> None:
    commands.outputs(update(today, since))


if __name__ == "__main__":
    commands.run(main)
