"""Features: known before departure, and the same in training and in serving."""

from datetime import date

import pandas as pd
import pytest

from flighttime import features
from flighttime import ingest
from groundcrew import feed

# Scheduled departure and arrival, each by the local clock, and the minutes between them.
SCHEDULED = [
    ("2013-02-01", "LAX", 1730, 2045, 375),  # three hours behind New York
    ("2013-02-01", "SJU", 2359, 438, 219),  # over midnight, one hour ahead
    ("2013-07-15", "SJU", 2359, 338, 219),  # without summer time
    ("2013-02-01", "BOS", 2300, 2400, 60),
    ("2013-02-01", "XXX", 900, 1010, float("nan")),  # an unknown airport
]


@pytest.mark.parametrize(("day", "dest", "leaves", "arrives", "minutes"), SCHEDULED)
def test_sched_block_is_the_time_between_two_local_clocks(
    monkeypatch: pytest.MonkeyPatch, day: str, dest: str, leaves: int, arrives: int, minutes: float
) -> None:
    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-12-31")
    flight = feed.timetable(date.fromisoformat(day)).head(1)
    flight = flight.assign(dest=dest, sched_dep_time=leaves, sched_arr_time=arrives)

    derived = features.derive(flight, feed.planes(), feed.airports())

    assert derived["sched_block"].item() == pytest.approx(minutes, nan_ok=True)


def test_every_feature_is_known_before_departure() -> None:
    scheduled = ingest.timetable(date(2013, 2, 1))

    assert scheduled.columns.tolist() == ["flight_id", *features.FEATURES]


def test_there_is_no_training_serving_skew(table: pd.DataFrame) -> None:
    scheduled = ingest.timetable(date(2013, 1, 20)).set_index("flight_id").sort_index()

    landed = table[table["date"] == "2013-01-20"].set_index("flight_id").sort_index()
    pd.testing.assert_frame_equal(scheduled, landed[features.FEATURES])
