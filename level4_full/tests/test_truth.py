"""What was said of a flight meets what came of it, under its name."""

from datetime import UTC
from datetime import datetime
from datetime import timedelta

import pandas as pd
import pytest
import sqlalchemy as sql

from flighttime import observe
from flighttime import store
from flighttime import truth

FLIGHT = ["UA", "EWR", "IAH", 1400.0, 317.0, 244.0, 149.0]
BEFORE = datetime.now(UTC) - timedelta(hours=1)


def said(flight: str, version: str, role: str, minutes: float) -> list:
    return [f"{version}-{flight}", flight, *FLIGHT, minutes, version, role, 0.3]


def landed(**minutes: float | None) -> None:
    known = {"published": "2013-03-06", "days_late": 0, "corrections": 0, "repeats": 0}
    rows = [{"flight_id": f"2013-03-05 {name} EWR-IAH", "air_time": took, **known} for name, took in minutes.items()]
    with store.transaction() as connection:
        connection.execute(sql.insert(store.landings), rows)


def test_flights_that_both_versions_answered_and_that_landed_are_compared() -> None:
    flights = [f"2013-03-05 {name} EWR-IAH" for name in ("UA1", "UA2", "UA3", "UA4")]
    observe.record([said(flights[0], "1", "champion", 90.0), said(flights[0], "2", "shadow", 80.0)])
    observe.record([said(flights[0], "1", "champion", 100.0), said(flights[0], "2", "shadow", 110.0)])
    observe.record([said(flights[1], "1", "champion", 120.0)])
    observe.record([said(flights[2], "2", "champion", 130.0), said(flights[2], "1", "shadow", 140.0)])
    observe.record([said(flights[3], "1", "champion", 150.0), said(flights[3], "2", "shadow", 160.0)])
    landed(UA1=105.0, UA2=125.0, UA3=135.0, UA4=None)

    found = truth.same_flights("1", "2", BEFORE)

    day = pd.Timestamp("2013-03-05")
    expected = [(flights[0], day, 100.0, 110.0, 105.0), (flights[2], day, 140.0, 130.0, 135.0)]
    assert list(found.itertuples(index=False, name=None)) == expected
    assert found.columns.tolist() == ["flight_id", "date", "one", "other", "air_time"]


@pytest.mark.parametrize("versions", [("1", "2"), ("2", "1"), ("1", "3")])
def test_what_was_said_before_does_not_count(versions: tuple[str, str]) -> None:
    flight = "2013-03-05 UA1 EWR-IAH"
    observe.record([said(flight, "1", "champion", 100.0), said(flight, "2", "shadow", 110.0)])
    landed(UA1=105.0)

    assert truth.same_flights(*versions, datetime.now(UTC) + timedelta(hours=1)).empty
    assert len(truth.same_flights(*versions, BEFORE)) == ("3" not in versions)
