"""The feed answers what had been published by the simulated day, however it is asked for more."""

import re
import subprocess
import sys
from collections.abc import Callable
from collections.abc import Iterator
from datetime import date
from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from flighttime import feed
from flighttime import ingest
from flighttime import settings
from flighttime.errors import Refused

A_DAY = timedelta(days=1)
OUTCOMES = {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "published"}
BY_DAY = [feed.flights, feed.weather, feed.timetable, ingest.gather, ingest.timetable, ingest.update]


@pytest.mark.parametrize("later", [date(2013, 3, 2), date(2013, 4, 1), date.max], ids=str)
@pytest.mark.parametrize("ask", BY_DAY, ids=lambda ask: f"{ask.__module__}.{ask.__name__}")
def test_a_day_that_has_not_come_is_refused(ask: Callable, later: date) -> None:
    with pytest.raises(Refused, match=f"{later} has not come yet: today is 2013-03-01"):
        ask(later)


@pytest.mark.parametrize("later", [datetime(2013, 12, 31), pd.Timestamp("2013-12-31")], ids=["datetime", "Timestamp"])
@pytest.mark.parametrize("ask", BY_DAY, ids=lambda ask: f"{ask.__module__}.{ask.__name__}")
def test_the_clock_cannot_be_passed_by_an_instant_instead_of_a_day(ask: Callable, later: datetime) -> None:
    with pytest.raises(TypeError):
        ask(later)


@pytest.mark.parametrize("ask", [feed.flights, feed.weather])
def test_nothing_is_later_than_the_day_asked_for(ask: Callable, today: date) -> None:
    for day in (today, today - 20 * A_DAY):
        rows = ask(day)

        assert rows["published"].max() == pd.Timestamp(day)


def test_the_feed_does_hold_later_rows(today: date) -> None:
    march = feed.read("flights/2013-03.parquet")

    assert feed.days(march).max() > pd.Timestamp(today)


@pytest.mark.parametrize("ask", [feed.flights, feed.weather])
def test_asking_after_a_later_day_gives_nothing(ask: Callable, today: date) -> None:
    assert ask(today, after=today + 3 * A_DAY).empty


def test_the_rest_of_the_code_reads_only_what_has_been_published() -> None:
    package = Path(feed.__file__).parent

    used = {name for path in package.glob("*.py") for name in re.findall(r"\bfeed\.(\w+)\(", path.read_text("utf-8"))}

    assert used <= {"flights", "weather", "planes", "airports", "airlines", "timetable", "days"}


def test_the_timetable_tells_nothing_of_what_happened(today: date) -> None:
    timetable = feed.timetable(today)

    assert OUTCOMES.isdisjoint(timetable.columns)
    assert set(feed.days(timetable)) == {pd.Timestamp(today)}


def test_the_timetable_has_every_flight_of_the_day(monkeypatch: pytest.MonkeyPatch, today: date) -> None:
    scheduled = feed.timetable(today)

    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-03-08")
    known_later = feed.flights(date(2013, 3, 8), after=today)
    assert len(scheduled) == (feed.days(known_later) == pd.Timestamp(today)).sum()


def test_a_flight_is_published_the_day_after_it_landed(today: date) -> None:
    flights = feed.flights(today, after=today - 10 * A_DAY)
    landed = flights[flights["air_time"].notna()]

    for row in landed.sort_values("dep_delay").iloc[::50].itertuples():
        clock = timedelta(hours=row.sched_dep_time // 100, minutes=row.sched_dep_time % 100)
        landing = datetime(row.year, row.month, row.day) + clock + timedelta(minutes=int(row.dep_delay + row.air_time))
        assert row.published.date() == landing.date() + A_DAY


def test_a_flight_that_lands_after_midnight_is_not_known_the_next_day(today: date) -> None:
    flights = feed.flights(today)
    late = flights[flights["published"] == feed.days(flights) + 2 * A_DAY].iloc[-1]
    number = [late["carrier"], late["flight"], late["day"]]
    day = late["published"].date()

    def known(until: date) -> bool:
        rows = feed.flights(until, after=until - A_DAY)
        return (rows[["carrier", "flight", "day"]] == number).all(axis=1).any()

    assert not known(day - A_DAY)
    assert known(day)


def test_a_flight_that_never_took_off_is_published_the_day_after_its_schedule(today: date) -> None:
    flights = feed.flights(today)
    cancelled = flights[flights["dep_time"].isna()]

    assert len(cancelled) > 1000
    assert (cancelled["published"] == feed.days(cancelled) + A_DAY).all()


def test_the_weather_of_a_day_is_published_the_next_day(today: date) -> None:
    weather = feed.weather(today)

    assert feed.days(weather).max() == pd.Timestamp(today - A_DAY)


@pytest.mark.parametrize("ask", [feed.flights, feed.weather])
def test_two_askings_together_give_what_one_gives(ask: Callable, today: date) -> None:
    parts = [ask(date(2013, 2, 3)), ask(date(2013, 2, 4), after=date(2013, 2, 3)), ask(today, after=date(2013, 2, 4))]

    together = pd.concat(parts, ignore_index=True)

    by = list(together.columns)
    pd.testing.assert_frame_equal(
        together.sort_values(by, ignore_index=True),
        ask(today).sort_values(by, ignore_index=True),
    )


def test_every_airline_that_flies_has_one_name(today: date) -> None:
    airlines = feed.airlines()

    assert airlines["carrier"].is_unique
    assert set(feed.flights(today)["carrier"]) <= set(airlines["carrier"])
    assert airlines.set_index("carrier")["name"]["B6"] == "JetBlue Airways"


@pytest.fixture
def address() -> Iterator[str]:
    """The feed, published by a web server on this machine."""
    if not Path(settings.feed()).is_dir():
        pytest.skip("the feed is no folder that could be published here")
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", settings.feed()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        yield re.search(r"http://[\d.]+:\d+", server.stdout.readline())[0]
        server.terminate()


@pytest.mark.parametrize("ending", ["", "/"])
def test_a_feed_at_a_url_is_the_same_feed(
    monkeypatch: pytest.MonkeyPatch,
    today: date,
    address: str,
    ending: str,
) -> None:
    after = today - 3 * A_DAY
    here = [feed.flights(today, after), feed.timetable(today), feed.airports()]

    monkeypatch.setenv("FLIGHTTIME_FEED", address + ending)

    for mine, theirs in zip(here, [feed.flights(today, after), feed.timetable(today), feed.airports()], strict=True):
        pd.testing.assert_frame_equal(mine, theirs)


@pytest.mark.parametrize("place", ["no/such/folder", "http://127.0.0.1:9/feed", "nonsense://feed"])
@pytest.mark.parametrize("ask", [lambda: feed.flights(date(2013, 3, 1)), feed.planes], ids=["flights", "planes"])
def test_a_feed_that_cannot_be_read_is_named_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable,
    place: str,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_FEED", place)

    with pytest.raises(Refused, match=f"cannot read {place}/.*set FLIGHTTIME_FEED to"):
        ask()


def test_a_folder_may_have_any_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, today: date) -> None:
    place = tmp_path / "a [feed] für alle"
    (place / "flights").mkdir(parents=True)
    feed.read("flights/2013-03.parquet").to_parquet(place / "flights" / "2013-03.parquet")
    expected = feed.timetable(today)

    monkeypatch.setenv("FLIGHTTIME_FEED", str(place))

    pd.testing.assert_frame_equal(feed.timetable(today), expected)


def test_a_day_beyond_the_feed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_TODAY", "2014-02-01")

    with pytest.raises(Refused, match="no flights for 2014-02: choose another day"):
        feed.timetable(date(2014, 2, 1))
