"""A week of production is measured on what had landed and been published, and on nothing else."""

import math
from datetime import date
from datetime import timedelta
from statistics import fmean
from statistics import median

import pandas as pd
import pytest
import sqlalchemy as sql

from flighttime import feed
from flighttime import holdings
from flighttime import ingest
from flighttime import monitor
from flighttime import observe
from flighttime import score
from flighttime import settings
from flighttime import store
from flighttime.errors import Refused
from flighttime.features import FEATURES

MONDAY = date(2013, 2, 25)


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch, table: pd.DataFrame) -> pd.DataFrame:
    """Answers for every flight of two February weeks, those that were cancelled included."""
    monkeypatch.setattr(ingest, "read", lambda since: table)
    monkeypatch.setattr(monitor, "ages", lambda today: {"labels": 0})
    flights = table[table["date"].between("2013-02-11", "2013-02-24")]
    scored = flights.assign(minutes=flights["distance"] / 8 + 20, model="7")
    score.record(scored)
    return scored


def test_a_week_agrees_with_a_reckoning_from_the_published_tables(answered: pd.DataFrame) -> None:
    (week,) = monitor.weeks(MONDAY, 1)

    known = landings(MONDAY)
    flights = [flight for flight in known if "2013-02-18" <= flight["day"] <= "2013-02-24"]
    minutes = answered.set_index("flight_id")["minutes"]
    errors = [minutes[flight["name"]] - flight["air_time"] for flight in flights]
    assert week.first == date(2013, 2, 18)
    assert week.answers == answered["flight_id"].between("2013-02-18", "2013-02-25").sum()
    assert week.labels == len(flights) < week.answers
    assert week.mae == pytest.approx(fmean(abs(error) for error in errors), abs=1e-9)
    assert week.bias == pytest.approx(fmean(errors), abs=1e-9)
    assert week.route_median_mae == pytest.approx(fmean(median_errors(flights, known)), abs=1e-9)
    assert week.ratio == week.mae / week.route_median_mae


def landings(until: date) -> list[dict]:
    """The landed flights as published, without the level's own joining."""
    rows = feed.flights(until).dropna(subset=["air_time"]).to_dict(orient="records")
    for row in rows:
        row["day"] = f"{row['year']}-{row['month']:02}-{row['day']:02}"
        row["route"] = f"{row['origin']}-{row['dest']}"
        row["name"] = f"{row['day']} {row['carrier']}{row['flight']} {row['route']}"
    return rows


def median_errors(flights: list[dict], known: list[dict]) -> list[float]:
    """What the median of each route's last days would have erred, made anew for every day."""
    days = settings.tuned("baseline")["window_days"]
    errors = []
    for day in sorted({flight["day"] for flight in flights}):
        since = f"{date.fromisoformat(day) - timedelta(days=days)}"
        recent = [row for row in known if row["day"] >= since and row["published"] <= pd.Timestamp(day)]
        routes: dict[str, list[float]] = {}
        for row in recent:
            routes.setdefault(row["route"], []).append(row["air_time"])
        usual = median(row["air_time"] / row["distance"] for row in recent)
        for flight in (flight for flight in flights if flight["day"] == day):
            route = routes.get(flight["route"])
            errors.append(abs((median(route) if route else usual * flight["distance"]) - flight["air_time"]))
    return errors


def test_weeks_are_whole_ones_oldest_first(answered: pd.DataFrame) -> None:
    for days in (0, 1, 6):
        weeks = monitor.weeks(MONDAY - timedelta(days=days), 3)

        last = date(2013, 2, 18) if days == 0 else date(2013, 2, 11)
        assert [week.first for week in weeks] == [last - timedelta(days=14), last - timedelta(days=7), last]


def test_a_week_without_answers_knows_nothing(answered: pd.DataFrame) -> None:
    empty, _, _ = monitor.weeks(MONDAY, 3)

    assert (empty.answers, empty.labels) == (0, 0)
    assert math.isnan(empty.mae) and math.isnan(empty.route_median_mae) and math.isnan(empty.ratio)


def test_a_cancelled_flight_is_an_answer_that_is_never_measured(answered: pd.DataFrame) -> None:
    before = monitor.weeks(MONDAY, 1)[0]
    cancelled = answered[answered["air_time"].isna() & (answered["date"] >= "2013-02-18")]
    score.record(cancelled.assign(minutes=100_000.0))

    after = monitor.weeks(MONDAY, 1)[0]

    assert len(cancelled) > 0
    assert (after, after.never) == (before, len(cancelled))


def test_an_answer_for_a_flight_that_nobody_published_is_counted_and_not_measured(answered: pd.DataFrame) -> None:
    before = monitor.weeks(MONDAY, 1)[0]
    score.record(answered.tail(1).assign(flight_id="2013-02-20 XX1 EWR-XXX", minutes=100_000.0))

    after = monitor.weeks(MONDAY, 1)[0]

    assert after.answers == before.answers + 1
    assert (after.labels, after.mae) == (before.labels, before.mae)


def test_what_is_published_after_today_changes_nothing(
    answered: pd.DataFrame,
    table: pd.DataFrame,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = monitor.weeks(MONDAY, 2)
    later = table["published"] > f"{MONDAY}"
    monkeypatch.setattr(ingest, "read", lambda since: table.assign(air_time=table["air_time"].mask(later, 9999.0)))

    after = monitor.weeks(MONDAY, 2)

    assert later.any()
    assert after == before


def test_a_median_is_made_of_what_had_been_published_that_morning() -> None:
    days = pd.date_range("2013-02-01", "2013-02-10")
    table = pd.DataFrame({
        "date": days,
        "published": days + pd.Timedelta(days=1),
        "origin": "EWR",
        "dest": "IAH",
        "distance": 1400.0,
        "air_time": [100.0, 110, 120, 130, 140, 150, 160, 170, 180, 190],
    })

    medians = monitor.fresh_medians(table, table.tail(3))

    assert medians.tolist() == [130, 135, 140]


def test_a_week_is_not_compared_on_fewer_flights_than_it_has(
    answered: pd.DataFrame,
    table: pd.DataFrame,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ingest, "read", lambda since: table[table["date"] >= "2013-02-18"])

    (week,) = monitor.weeks(MONDAY, 1)

    assert week.mae > 0
    assert math.isnan(week.ratio)


def test_a_perfect_median_gives_no_ratio() -> None:
    week = monitor.Week(MONDAY, 1, 1, mae=2.0, bias=2.0, route_median_mae=0.0)

    assert math.isnan(week.ratio)


def test_a_week_knows_what_came_of_every_answer(answered: pd.DataFrame, table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last word is: one is corrected after the first look, one comes two days late, of one there is none, one is new."""
    flights = answered[answered["date"].between("2013-02-18", "2013-02-24") & answered["air_time"].notna()]["flight_id"]
    corrected, late, waiting, unknown = flights.sample(4, random_state=1)
    monitor.weeks(MONDAY, 1)
    with store.transaction() as connection:
        connection.execute(sql.delete(holdings.predictions).where(holdings.predictions.c.flight_id == unknown))
        connection.execute(sql.delete(holdings.landings).where(holdings.landings.c.flight_id.in_([late, waiting])))
    told = table[table["flight_id"] != waiting]
    told = told.assign(
        air_time=told["air_time"].mask(told["flight_id"] == corrected, 500.0),
        published=told["published"].mask(told["flight_id"] == late, told["date"] + pd.Timedelta(days=3)),
    )
    monkeypatch.setattr(ingest, "read", lambda since: told)

    (week,) = monitor.weeks(date(2013, 3, 1), 1)

    always_late = (table["published"] - table["date"]).dt.days.gt(1) & table["date"].between("2013-02-18", "2013-02-24")
    usual = set(table.loc[always_late & (table["published"] <= "2013-03-01"), "flight_id"]) - {unknown, waiting}
    assert (week.waiting, week.corrected, week.unknown) == (1, 1, 1)
    assert week.late == len(usual | {late})
    assert week.labels + week.never + week.waiting == week.answers
    assert week.coverage == week.labels / week.answers


def test_a_week_knows_who_answered_how_fast_and_for_whom_it_was_wrong(answered: pd.DataFrame) -> None:
    flights = answered[answered["date"] >= "2013-02-18"].reset_index(drop=True)
    score.record(flights.head(1000).assign(model="8", milliseconds=range(1, 1001)))
    with store.transaction() as connection:
        failed = [{"day": f"2013-02-{day}", "route": "/predict", "status": "503", "number": 2} for day in (17, 18, 24, 25)]
        connection.execute(sql.insert(holdings.failures), failed)

    (week,) = monitor.weeks(MONDAY, 1)

    landed = flights[flights["air_time"].notna() & (flights["published"] <= f"{MONDAY}")]
    errors = (landed["minutes"] - landed["air_time"]).abs()
    assert week.versions == {"7": len(flights) - 1000, "8": 1000}
    assert (week.p50_ms, week.p99_ms) == (pytest.approx(500.5), pytest.approx(990.01))
    assert week.slices["origin/EWR"] == pytest.approx(errors[landed["origin"] == "EWR"].mean())
    assert week.failures == 4


def test_an_error_is_held_against_what_the_gate_found_for_who_answered(
    answered: pd.DataFrame,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(monitor, "certified_error", {"7": 8.0, "8": 10.0}.get)
    score.record(answered[(answered["date"] >= "2013-02-18") & (answered["origin"] == "EWR")].assign(model="8"))

    (week,) = monitor.weeks(MONDAY, 1)

    assert 8.0 < week.certified < 10.0
    assert week.over_certified == week.mae / week.certified


def test_what_only_looks_on_is_not_counted(answered: pd.DataFrame) -> None:
    before = monitor.weeks(MONDAY, 1)
    shadow = answered.assign(minutes=100_000.0, model="8", role="shadow")[["flight_id", *FEATURES, "minutes", "model", "role"]]
    observe.record(shadow.reindex(columns=observe.NOTED).astype(object).itertuples(index=False, name=None))

    assert monitor.weeks(MONDAY, 1) == before


def test_days_can_be_measured_as_well(answered: pd.DataFrame) -> None:
    days = monitor.weeks(date(2013, 2, 23), 3, monitor.A_DAY)

    assert [(day.first.day, day.days) for day in days] == [(20, 1), (21, 1), (22, 1)]
    assert days[-1].answers == (answered["date"] == "2013-02-22").sum()


@pytest.mark.parametrize("count", [0, -1])
def test_no_weeks_are_refused(count: int) -> None:
    with pytest.raises(Refused, match=f"{count} windows are none to look at: ask for 1 or more"):
        monitor.weeks(MONDAY, count)


def test_a_week_is_told_in_a_line() -> None:
    known = monitor.Week(MONDAY, 6500, 6000, mae=9.0, bias=2.0, route_median_mae=7.5)
    unknown = monitor.Week(MONDAY, 6500, 0, mae=math.nan, bias=math.nan, route_median_mae=math.nan)

    told = "week of 2013-02-25: 6,500 answers, 6,000 landings, mean error 9.00 minutes, 1.20 times the route median's"
    assert monitor.told(known) == told
    assert monitor.told(unknown) == "week of 2013-02-25: 6,500 answers, 0 landings, no error to measure"
