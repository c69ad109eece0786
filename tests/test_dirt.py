"""Level 2 counts the dirt that DATA.md states, and as much of it."""

import pytest
from level_runs import own_environment
from level_runs import run_python
from test_data import stated_dirt

INGEST_THE_YEAR = """
from datetime import date
from flighttime import ingest
ingest.update(date(2014, 1, 2))
"""
# What the level calls a kind of dirt, where DATA.md has another name.
RENAMED = {
    "flights by aircraft not in planes": "flights by an unregistered aircraft",
    "flights by aircraft with ten seats or fewer": "flights by an aircraft with ten seats or fewer",
    "flights to destinations not in airports": "flights to an unregistered airport",
    "repeats of month, day, carrier, flight": "flights repeating a flight number",
    "wind speeds above 100 mph": "in quarantine: wind_speed must be 0 to 200 miles an hour",
}
# Dirt that no rule counts, since nothing goes wrong with it.
HARMLESS = {
    "flights that never get an air time",  # the sum of three others
    "airports without a time zone",  # no flight goes to one
    "routes with two distances",
    "departures at 2400",
    "arrivals at 2400",
    "weather hours missing",  # flights without weather are counted
    "weather hours twice on the local clock",
    "flights without weather in their hour",  # the weather is that of the hour before
    "destinations first seen after February",
    "routes first seen after February",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """How many flights and hours have each defect, as Level 2 prints it."""
    state = tmp_path_factory.mktemp("state")
    environment = own_environment(FLIGHTTIME_RUNS=f"{state}", FLIGHTTIME_TODAY="2014-01-02")
    printed = run_python(INGEST_THE_YEAR, 2, environment)
    counts = (line.split(maxsplit=1) for line in printed.splitlines() if line.startswith(" "))
    return {what: int(count.replace(",", "")) for count, what in counts}


def test_validation_finds_the_dirt_of_the_year(found: dict[str, int]) -> None:
    stated = {what: count for what, count in stated_dirt().items() if count}

    assert {*RENAMED, *HARMLESS} <= set(stated)
    assert found == {
        RENAMED.get(what, what): count for what, count in stated.items() if what not in HARMLESS
    }
