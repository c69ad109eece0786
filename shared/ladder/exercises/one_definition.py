"""Is what is scored computed as what was learned, today and after the next change?"""

from datetime import date
from unittest.mock import patch

import pandas as pd

from flighttime import features
from flighttime import ingest
from groundcrew import feed

DAY = date(2013, 1, 20)


def check() -> None:
    scheduled = feed.timetable(DAY)
    learned = features.derive(scheduled, feed.planes(), feed.airports())
    compare(ingest.timetable(DAY), learned, "now")
    derive = features.derive

    def next_year(*tables: pd.DataFrame) -> pd.DataFrame:
        return derive(*tables).assign(seats=1.0)

    with patch.object(features, "derive", next_year):
        compare(ingest.timetable(DAY), learned.assign(seats=1.0), "once derive() changes")


def compare(scored: pd.DataFrame, learned: pd.DataFrame, when: str) -> None:
    scored = scored.set_index("flight_id").sort_index()
    learned = learned.set_index("flight_id").sort_index()
    for name in features.FEATURES:
        same = (scored[name] == learned[name]) | (scored[name].isna() & learned[name].isna())
        assert same.all(), (
            f"{when}, {name} of {int((~same).sum())} of {len(same)} flights of {DAY} is not "
            "scored as it is learned"
        )
