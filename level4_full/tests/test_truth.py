"""What was said of a flight meets what came of it, under its name."""

import time
from collections.abc import Callable
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta

import pandas as pd
import pytest
import sqlalchemy as sql

from flighttime import holdings
from flighttime import ingest
from flighttime import observe
from flighttime import quarantine
from flighttime import schema
from flighttime import store
from flighttime import truth
from flighttime.truth import Counts

FLIGHT = ["UA", "EWR", "IAH", 1400.0, 317.0, 244.0, 149.0]
BEFORE = datetime.now(UTC) - timedelta(hours=1)


A_DAY_AFTER = date(2013, 3, 6)


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Lets the table hold these flights of 5 March: name, minutes or None, and the day of March that they were published on."""

    def tell(*flights: tuple[str, float | None, int]) -> None:
        names, minutes, days = zip(*flights, strict=True)
        table = pd.DataFrame({
            "flight_id": [f"2013-03-05 {name} EWR-IAH" for name in names],
            "date": pd.Timestamp("2013-03-05"),
            "published": [pd.Timestamp(2013, 3, day) for day in days],
            "air_time": pd.Series(minutes, dtype="float64"),
        })
        monkeypatch.setattr(ingest, "read", lambda since: table if since is None else table[table["date"] >= f"{since}"])

    return tell


def kept() -> dict[str, tuple]:
    with store.transaction() as connection:
        rows = connection.execute(sql.select(holdings.landings)).all()
    return {row.flight_id.split()[1]: (row.air_time, row.published[-2:], row.corrections) for row in rows}


def ask(*names: str) -> None:
    observe.record([said(f"2013-03-05 {name} EWR-IAH", "1", "champion", 90.0) for name in names])


def test_landings_are_taken_in_once(tell: Callable) -> None:
    ask("UA1", "UA2")
    tell(("UA1", 100.0, 6), ("UA2", 110.0, 6))

    assert truth.take_in(A_DAY_AFTER) == Counts(landed=2)
    assert truth.take_in(A_DAY_AFTER) == Counts()
    assert kept() == {"UA1": (100.0, "06", 0), "UA2": (110.0, "06", 0)}


def test_what_is_published_later_than_today_is_not_used(tell: Callable) -> None:
    ask("UA1", "UA2")
    tell(("UA1", 100.0, 6), ("UA2", 110.0, 7))

    truth.take_in(A_DAY_AFTER)

    assert [*kept()] == ["UA1"]


def test_a_late_landing_joins_its_answer_when_it_comes(tell: Callable) -> None:
    ask("UA1", "UA2")
    tell(("UA1", 100.0, 6))
    truth.take_in(A_DAY_AFTER)
    tell(("UA1", 100.0, 6), ("UA2", 110.0, 8))

    assert truth.take_in(date(2013, 3, 8)) == Counts(landed=1, late=1)
    assert kept()["UA2"] == (110.0, "08", 0)


def test_of_a_landing_that_is_told_twice_the_newest_word_counts(tell: Callable) -> None:
    ask("UA1")
    tell(("UA1", 101.0, 7))
    before = pd.DataFrame([{"flight_id": "2013-03-05 UA1 EWR-IAH", "air_time": 100.0}])
    quarantine.add(quarantine.entries("flights", schema.ONE_ROW, before), A_DAY_AFTER)

    assert truth.take_in(date(2013, 3, 7)) == Counts(landed=1, late=1, duplicate=1)
    assert kept() == {"UA1": (101.0, "07", 0)}
    assert truth.take_in(date(2013, 3, 7)) == Counts()


@pytest.mark.parametrize(("before", "after"), [(100.0, 104.0), (None, 104.0), (100.0, None)])
def test_a_corrected_landing_counts_by_its_new_value(tell: Callable, before: float | None, after: float | None) -> None:
    ask("UA1")
    tell(("UA1", before, 6))
    truth.take_in(A_DAY_AFTER)
    tell(("UA1", after, 9))

    assert truth.take_in(date(2013, 3, 9)) == Counts(corrected=1)
    assert kept() == {"UA1": (after, "09", 1)}


def test_an_old_correction_is_found_where_it_is_looked_for(tell: Callable) -> None:
    ask("UA1")
    tell(("UA1", 100.0, 6))
    truth.take_in(A_DAY_AFTER)
    observe_later = said("2013-04-05 UA1 EWR-IAH", "1", "champion", 90.0)
    observe.record([observe_later])
    with store.transaction() as connection:
        late = {"flight_id": observe_later[1], "air_time": 90.0, "published": "2013-04-06"}
        connection.execute(sql.insert(holdings.landings).values(**late, days_late=0, corrections=0, repeats=0))
    tell(("UA1", 104.0, 6))

    assert truth.take_in(date(2013, 4, 6)) == Counts()
    assert truth.take_in(date(2013, 4, 6), since=date(2013, 3, 6)) == Counts(corrected=1)


def test_who_was_cancelled_never_lands(tell: Callable) -> None:
    ask("UA1")
    tell(("UA1", None, 6))

    assert truth.take_in(A_DAY_AFTER) == Counts(never=1)
    assert kept() == {"UA1": (None, "06", 0)}


def test_a_landing_that_nobody_asked_about_waits_for_a_late_question(tell: Callable) -> None:
    ask("UA1")
    observe.record([said("2013-03-05 UA2 EWR-IAH", "2", "shadow", 90.0)])
    tell(("UA1", 100.0, 6), ("UA2", 110.0, 6))

    assert truth.take_in(A_DAY_AFTER) == Counts(landed=2, unknown=1)
    assert kept()["UA2"] == (110.0, "06", 0)


def test_before_anything_was_published_nothing_is_taken_in(tell: Callable) -> None:
    tell(("UA1", 100.0, 9))

    assert truth.take_in(A_DAY_AFTER) == Counts()


def said(flight: str, version: str, role: str, minutes: float) -> list:
    return [f"{version}-{flight}", flight, *FLIGHT, minutes, version, role, 0.3]


def landed(**minutes: float | None) -> None:
    known = {"published": "2013-03-06", "days_late": 0, "corrections": 0, "repeats": 0}
    rows = [{"flight_id": f"2013-03-05 {name} EWR-IAH", "air_time": took, **known} for name, took in minutes.items()]
    with store.transaction() as connection:
        connection.execute(sql.insert(holdings.landings), rows)


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


def test_what_only_one_of_them_answered_is_not_held_against_the_other() -> None:
    flight = "2013-03-05 UA1 EWR-IAH"
    observe.record([said(flight, "1", "champion", 90.0), said(flight, "2", "shadow", 95.0)])
    # Each request has a moment of its own.
    time.sleep(0.002)
    observe.record([said(flight, "1", "champion", 120.0)])
    landed(UA1=100.0)

    both = truth.same_flights("2", "1", BEFORE)

    assert both[["one", "other"]].to_numpy().tolist() == [[95.0, 90.0]]
