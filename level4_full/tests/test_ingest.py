"""The table is the same however many steps it was gathered in; each flight stands in it once, as it was last published."""

from datetime import date
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable

from flighttime import feed
from flighttime import ingest
from flighttime import versions
from flighttime.errors import Refused


def test_every_published_flight_stands_in_the_table_once(table: pd.DataFrame, today: date) -> None:
    assert len(table) == len(feed.flights(today))
    assert not table.duplicated(ingest.KEY).any()
    assert not table["flight_id"].duplicated().any()


def test_a_flight_keeps_its_name_from_timetable_to_landing(monkeypatch: pytest.MonkeyPatch, today: date) -> None:
    scheduled = ingest.timetable(today)

    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-03-03")
    landed = ingest.gather(date(2013, 3, 3), after=today)
    assert set(scheduled["flight_id"]) == set(landed.loc[landed["date"] == pd.Timestamp(today), "flight_id"])
    assert "2013-03-01 B611 JFK-FLL" in set(scheduled["flight_id"])


def test_the_timetable_gives_the_features_that_the_table_will_have(
    monkeypatch: pytest.MonkeyPatch,
    today: date,
) -> None:
    scheduled = ingest.timetable(today).set_index("flight_id").sort_index()

    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-03-03")
    landed = ingest.gather(date(2013, 3, 3), after=today).set_index("flight_id")
    later = landed.loc[landed["date"] == pd.Timestamp(today), scheduled.columns].sort_index()
    pd.testing.assert_frame_equal(scheduled, later)


def test_the_weather_is_joined_an_hour_before_departure_though_clocks_go_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-11-04")
    weather = feed.weather(date(2013, 11, 4), after=date(2013, 10, 31))
    observed = {(row.origin, row.time_hour): row.temp for row in weather.itertuples()}

    flights = ingest.gather(date(2013, 11, 4), after=date(2013, 11, 2))

    assert weather.duplicated(["origin", "year", "month", "day", "hour"]).sum() == 3
    assert len(flights) == len(feed.flights(date(2013, 11, 4), after=date(2013, 11, 2)))
    for row in flights.itertuples():
        assert row.temp == pytest.approx(
            observed.get((row.origin, row.time_hour - timedelta(hours=1)), float("nan")),
            nan_ok=True,
        )


def test_odd_steps_lead_to_the_same_table_byte_for_byte(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    today: date,
) -> None:
    for day in ["01-03", "01-03", "01-04", "01-15", "01-14", "02-01", "02-10", "03-01"]:
        ingest.update(date.fromisoformat(f"2013-{day}"))
    by_steps = ingest.read()

    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / "another"))
    ingest.update(today)

    assert by_steps.to_parquet() == ingest.read().to_parquet()


def test_nothing_is_added_twice(today: date) -> None:
    first = ingest.update(today)
    before = ingest.read()

    again = ingest.update(today)

    assert (first.added, again.added, again.corrected) == (len(before), 0, 0)
    pd.testing.assert_frame_equal(ingest.read(), before)


def correct(monkeypatch: pytest.MonkeyPatch, day: int) -> None:
    """Let the feed say from now on that flight B6 11 of a day in January took a minute longer."""
    read_as_first_published = feed.read

    def read(name: str) -> pd.DataFrame:
        table = read_as_first_published(name)
        if name.startswith("flights"):
            table.loc[(table["carrier"] == "B6") & (table["flight"] == 11) & (table["day"] == day), "air_time"] += 1
        return table

    monkeypatch.setattr(feed, "read", read)


def test_a_correction_within_a_week_takes_the_place_of_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    ingest.update(date(2013, 1, 5))
    before = ingest.read().set_index("flight_id")["air_time"]
    correct(monkeypatch, day=3)

    taken = ingest.update(date(2013, 1, 6))

    after = ingest.read().set_index("flight_id")["air_time"]
    assert taken.corrected == 1
    assert after["2013-01-03 B611 JFK-FLL"] == before["2013-01-03 B611 JFK-FLL"] + 1
    pd.testing.assert_frame_equal(ingest.read(), ingest.gather(date(2013, 1, 6)))


def test_an_older_correction_is_found_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ingest.update(date(2013, 1, 12))
    correct(monkeypatch, day=2)

    by_itself = ingest.update(date(2013, 1, 12))
    since_then = ingest.update(date(2013, 1, 12), since=date(2013, 1, 2))

    assert (by_itself.corrected, since_then.added, since_then.corrected) == (0, 0, 1)
    pd.testing.assert_frame_equal(ingest.read(), ingest.gather(date(2013, 1, 12)))


def test_an_earlier_day_has_nothing_new() -> None:
    ingest.update(date(2013, 2, 10))

    assert ingest.update(date(2013, 1, 10)) == (0, 0)


def test_an_interrupted_update_changes_nothing_and_the_next_one_completes_it(
    monkeypatch: pytest.MonkeyPatch,
    table: pd.DataFrame,
    today: date,
) -> None:
    ingest.update(date(2013, 1, 10))
    before = ingest.read()

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(versions, "write_deltalake", write_half)
        ingest.update(today)

    pd.testing.assert_frame_equal(ingest.read(), before)
    ingest.update(today)
    assert len(ingest.read()) == len(table)


def write_half(table: DeltaTable, rows: pd.DataFrame, **how: object) -> None:
    (ingest.place() / "part-0.parquet").write_bytes(b"PAR1")
    raise KeyboardInterrupt


def test_before_the_first_update_the_remedy_is_named() -> None:
    with pytest.raises(Refused, match="run python -m flighttime.ingest"):
        ingest.read()


def test_before_anything_is_published_nothing_is_added() -> None:
    assert ingest.update(date(2013, 1, 1)).added == 0
