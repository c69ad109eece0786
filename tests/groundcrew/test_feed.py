"""The feed returns what had been published by the simulated day, and no later row."""

import os
import re
import shutil
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

from groundcrew import feed
from groundcrew import settings
from groundcrew.errors import UserError
from groundcrew.feed import source

A_DAY = timedelta(days=1)
OUTCOMES = {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "published"}
BY_DAY = [feed.flights, feed.weather, feed.timetable, feed.delivery]
BY_PUBLICATION = [feed.flights, feed.weather]


@pytest.mark.parametrize("later", [date(2013, 3, 2), date(2013, 4, 1), date.max], ids=str)
@pytest.mark.parametrize("ask", BY_DAY)
def test_a_future_day_is_refused(ask: Callable, later: date) -> None:
    with pytest.raises(UserError, match=f"{later} is in the future: today is 2013-03-01"):
        ask(later)


@pytest.mark.parametrize("later", [datetime(2013, 12, 31), pd.Timestamp("2013-12-31")])
@pytest.mark.parametrize("ask", BY_DAY)
def test_an_instant_instead_of_a_day_is_no_way_into_the_future(
    ask: Callable,
    later: datetime,
) -> None:
    with pytest.raises(TypeError):
        ask(later)


@pytest.mark.parametrize("ask", BY_PUBLICATION)
def test_no_row_is_later_than_the_day_asked_for(ask: Callable, today: date) -> None:
    for day in (today, today - 20 * A_DAY):
        rows = ask(day)

        assert rows["published"].max() == pd.Timestamp(day)


def test_the_feed_does_hold_later_rows(today: date) -> None:
    march = source.read("flights/2013-03.parquet")

    assert march["day"].max() > today.day


@pytest.mark.parametrize("ask", BY_PUBLICATION)
def test_nothing_is_published_after_a_later_day(ask: Callable, today: date) -> None:
    assert ask(today, after=today + 3 * A_DAY).empty


def test_the_public_functions_return_only_what_has_been_published() -> None:
    package = Path(feed.__file__).parent.parent
    sources = [path for path in package.rglob("*.py") if path.parent.name != "feed"]

    used = {name for path in sources for name in re.findall(r"\bfeed\.(\w+)\(", path.read_text())}

    assert used <= {"airlines", "airports", "delivery", "flights", "join_weather", "planes"} | {
        "timetable",
        "weather",
    }


def test_the_timetable_has_no_outcome(today: date) -> None:
    timetable = feed.timetable(today)

    assert OUTCOMES.isdisjoint(timetable.columns)
    assert set(timetable["date"]) == {pd.Timestamp(today)}


def test_the_timetable_has_every_flight_of_the_day(
    monkeypatch: pytest.MonkeyPatch,
    today: date,
) -> None:
    scheduled = feed.timetable(today)

    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-03-08")
    published = feed.flights(date(2013, 3, 8), after=today)
    assert set(scheduled["flight_id"]) == set(
        published.loc[published["date"] == pd.Timestamp(today), "flight_id"],
    )
    assert "2013-03-01 B611 JFK-FLL" in set(scheduled["flight_id"])


def test_a_flight_is_published_the_day_after_it_landed(today: date) -> None:
    flights = feed.flights(today, after=today - 10 * A_DAY)
    landed = flights[flights["air_time"].notna()]

    for row in landed.sort_values("dep_delay").iloc[::50].itertuples():
        clock = timedelta(hours=row.sched_dep_time // 100, minutes=row.sched_dep_time % 100)
        in_the_air = timedelta(minutes=int(row.dep_delay + row.air_time))
        landing = datetime(row.year, row.month, row.day) + clock + in_the_air
        assert row.published.date() == landing.date() + A_DAY


def test_a_landing_after_midnight_is_published_a_day_later(today: date) -> None:
    flights = feed.flights(today)
    late = flights[flights["published"] == flights["date"] + 2 * A_DAY].iloc[-1]
    day = late["published"].date()

    def is_published(until: date) -> bool:
        return late["flight_id"] in set(feed.flights(until, after=until - A_DAY)["flight_id"])

    assert not is_published(day - A_DAY)
    assert is_published(day)


def test_a_cancelled_flight_is_published_the_day_after_its_schedule(today: date) -> None:
    flights = feed.flights(today)
    cancelled = flights[flights["dep_time"].isna()]

    assert len(cancelled) > 1000
    assert (cancelled["published"] == cancelled["date"] + A_DAY).all()


def test_the_weather_of_a_day_is_published_the_next_day(today: date) -> None:
    weather = feed.weather(today)

    days = pd.to_datetime(weather[["year", "month", "day"]])
    assert (weather["published"] == days + A_DAY).all()
    assert days.max() == pd.Timestamp(today - A_DAY)


@pytest.mark.parametrize("ask", BY_PUBLICATION)
def test_several_periods_together_equal_one(ask: Callable, today: date) -> None:
    periods = [
        ask(date(2013, 2, 3)),
        ask(date(2013, 2, 4), after=date(2013, 2, 3)),
        ask(today, after=date(2013, 2, 4)),
    ]

    together = pd.concat(periods, ignore_index=True)

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


@pytest.mark.parametrize(
    ("known_until", "since", "after"),
    [
        (None, None, None),
        (None, date(2013, 2, 1), None),
        (date(2013, 2, 28), None, date(2013, 2, 21)),
        (date(2013, 3, 9), None, date(2013, 2, 22)),
        (date(2013, 2, 28), date(2013, 2, 1), date(2013, 1, 31)),
        (date(2013, 2, 28), date(2013, 2, 27), date(2013, 2, 21)),
    ],
    ids=["first", "first since", "usual", "future", "since", "since within the week"],
)
def test_a_delivery_reads_the_last_week_again(
    today: date,
    known_until: date | None,
    since: date | None,
    after: date | None,
) -> None:
    delivery = feed.delivery(today, known_until, since)

    assert (delivery.after, delivery.until) == (after, today)
    pd.testing.assert_frame_equal(delivery.flights, feed.flights(today, after))


def test_a_delivery_since_a_later_day_is_refused(today: date) -> None:
    with pytest.raises(UserError, match="since 2030-01-01 is later than .*: name an earlier one"):
        feed.delivery(today, None, date(2030, 1, 1))


def test_a_delivery_holds_the_weather_of_every_flight(today: date) -> None:
    delivery = feed.delivery(today, known_until=today)

    hours = delivery.flights["time_hour"] - timedelta(hours=1)
    with_all_weather = feed.join_weather(delivery.flights, feed.weather(today))
    assert delivery.weather["time_hour"].min() < hours.min()
    pd.testing.assert_frame_equal(
        feed.join_weather(delivery.flights, delivery.weather),
        with_all_weather,
    )


def test_the_weather_is_that_an_hour_before_departure_although_clocks_are_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-11-04")
    weather = feed.weather(date(2013, 11, 4), after=date(2013, 10, 31))
    observed = {(row.origin, row.time_hour): row.temp for row in weather.itertuples()}
    flights = feed.flights(date(2013, 11, 4), after=date(2013, 11, 2))

    joined = feed.join_weather(flights, weather)

    assert weather.duplicated(["origin", "year", "month", "day", "hour"]).sum() == 3
    assert len(joined) == len(flights)
    for row in joined.itertuples():
        hour = row.time_hour - timedelta(hours=1)
        expected = observed.get((row.origin, hour), float("nan"))
        assert row.temp == pytest.approx(expected, nan_ok=True)


def test_the_join_has_a_fixed_order_and_types(today: date) -> None:
    flights, weather = feed.flights(today, today - 3 * A_DAY), feed.weather(today)

    joined = feed.join_weather(flights, weather)

    shuffled = feed.join_weather(flights.sample(frac=1, random_state=0), weather)
    pd.testing.assert_frame_equal(joined, shuffled)
    assert set(joined[[*feed.WEATHER, "air_time"]].dtypes) == {pd.api.types.pandas_dtype("float64")}


def test_a_first_delivery_is_all_new(today: date) -> None:
    assert feed.delivery(today).is_new.all()


def test_what_a_delivery_reads_again_is_not_new(today: date) -> None:
    delivery = feed.delivery(today, known_until=today - A_DAY)

    new = delivery.flights.loc[delivery.is_new, "published"]
    known = delivery.flights.loc[~delivery.is_new, "published"]
    assert set(new) == {pd.Timestamp(today)}
    assert known.min() == pd.Timestamp(today - 7 * A_DAY)
    assert known.max() == pd.Timestamp(today - A_DAY)


def test_flights_without_weather_are_those_that_the_join_leaves_without_it(today: date) -> None:
    flights, weather = feed.flights(today, today - 3 * A_DAY), feed.weather(today)
    hours = weather["time_hour"].sort_values().unique()
    weather = weather[weather["time_hour"] != hours[-30]]
    weather = weather.assign(visib=weather["visib"].mask(weather["time_hour"] == hours[-40]))
    flights.index += 1000

    missing = feed.without_weather(flights, weather)

    joined = feed.join_weather(flights, weather).set_index("flight_id")["visib"]
    expected = joined.isna().reindex(flights["flight_id"]).set_axis(flights.index)
    assert 0 < missing.sum() < len(flights)
    pd.testing.assert_series_equal(missing, expected, check_names=False)


# The saturation vapour pressure of water in kPa, by degrees Celsius: the IAPWS steam tables.
STEAM = {0: 0.6117, 10: 1.2282, 20: 2.3393, 30: 4.2470}


@pytest.mark.parametrize(("dewp", "temp"), [(0, 10), (10, 20), (10, 30), (20, 30), (20, 20)])
def test_the_relative_humidity_agrees_with_the_steam_tables(dewp: int, temp: int) -> None:
    fahrenheit = [pd.Series([32 + 1.8 * degrees]) for degrees in (temp, dewp)]

    (percent,) = feed.relative_humidity(*fahrenheit)

    assert percent == pytest.approx(100 * STEAM[dewp] / STEAM[temp], abs=0.1)


def test_the_relative_humidity_is_the_one_that_was_observed(today: date) -> None:
    weather = feed.weather(today).dropna(subset=["temp", "dewp", "humid"])

    difference = feed.relative_humidity(weather["temp"], weather["dewp"]) - weather["humid"]

    assert difference.abs().median() < 0.05


@pytest.fixture
def address() -> Iterator[str]:
    """The URL of a web server on this machine that publishes the feed."""
    server = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    command = [*server, "--directory", settings.feed()]
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **output) as process:
        yield re.search(r"http://[\d.]+:\d+", process.stdout.readline())[0]
        process.terminate()


@pytest.mark.parametrize("ending", ["", "/"])
def test_a_feed_at_a_url_is_the_same_feed(
    monkeypatch: pytest.MonkeyPatch,
    today: date,
    address: str,
    ending: str,
) -> None:
    def tables() -> list[pd.DataFrame]:
        return [feed.flights(today, today - 3 * A_DAY), feed.timetable(today), feed.airports()]

    in_folder = tables()

    monkeypatch.setenv("FLIGHTTIME_FEED", address + ending)

    for one, other in zip(in_folder, tables(), strict=True):
        pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("exempt", ["", "10.0.0.0/8,.example"])
def test_a_feed_that_this_machine_serves_is_not_asked_of_a_proxy(address: str, exempt: str) -> None:
    proxies = dict.fromkeys(["http_proxy", "all_proxy"], "http://127.0.0.1:9")
    reader = "from groundcrew import feed, settings; print(len(feed.timetable(settings.today())))"

    done = subprocess.run(
        [sys.executable, "-c", reader],
        env={**os.environ, **proxies, "no_proxy": exempt, "FLIGHTTIME_FEED": address},
        capture_output=True,
        text=True,
    )

    assert (done.stdout, done.stderr) == ("958\n", "")


@pytest.mark.parametrize("place", ["no/such/folder", "http://127.0.0.1:9/feed", "nonsense://feed"])
@pytest.mark.parametrize("ask", [lambda: feed.flights(date(2013, 3, 1)), feed.planes])
def test_a_feed_that_cannot_be_read_is_refused_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable,
    place: str,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_FEED", place)

    with pytest.raises(UserError, match=f"cannot read {place}/.*set FLIGHTTIME_FEED to"):
        ask()


def test_the_folder_may_have_any_name(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    today: date,
) -> None:
    folder = tmp_path / "a [feed] für alle"
    (folder / "flights").mkdir(parents=True)
    march = source.read("flights/2013-03.parquet")
    march.to_parquet(folder / "flights" / "2013-03.parquet")
    expected = feed.timetable(today)

    monkeypatch.setenv("FLIGHTTIME_FEED", str(folder))

    pd.testing.assert_frame_equal(feed.timetable(today), expected)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The flights of February and March, in the folder of a feed of their own."""
    (tmp_path / "flights").mkdir()
    for month in ("2013-02", "2013-03"):
        shutil.copy(Path(settings.feed(), "flights", f"{month}.parquet"), tmp_path / "flights")
    monkeypatch.setenv("FLIGHTTIME_FEED", str(tmp_path))
    return tmp_path / "flights"


LEFT_BEHIND = ["._2013-03.parquet", ".DS_Store", "Thumbs.db", "desktop.ini", "~$2013-03.parquet"]
OTHER_KINDS = ["2013-03.parquet.part", "2013-03.csv", "README.md"]


@pytest.mark.parametrize("name", [*LEFT_BEHIND, *OTHER_KINDS])
def test_what_operating_systems_leave_beside_the_data_is_ignored(
    folder: Path, today: date, name: str
) -> None:
    expected = feed.flights(today)

    (folder / name).write_bytes(b"\0\5\x16\7")

    pd.testing.assert_frame_equal(feed.flights(today), expected)


@pytest.mark.parametrize(
    ("name", "likely"),
    [
        ("2013-02 (1).parquet", "a copy of flights/2013-02.parquet"),
        ("Copy of 2013-02.parquet", "a copy of flights/2013-02.parquet"),
        ("2013-2.parquet", "another table"),
        ("2013-13.parquet", "another table"),
        ("planes.parquet", "another table"),
    ],
)
def test_a_file_beside_the_data_is_named_with_what_it_looks_like(
    folder: Path, today: date, name: str, likely: str
) -> None:
    shutil.copy(folder / "2013-02.parquet", folder / name)

    with pytest.raises(UserError) as error:
        feed.flights(today, date(2013, 2, 20))

    assert f"{error.value}" == (
        f"flights/{name} of the feed is no month such as flights/2013-03.parquet, "
        f"it looks like {likely}: remove it, or rename it if it is the month"
    )


def test_a_day_after_the_end_of_the_feed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_TODAY", "2014-02-01")

    with pytest.raises(UserError, match="no flights for 2014-02: choose another day"):
        feed.timetable(date(2014, 2, 1))
