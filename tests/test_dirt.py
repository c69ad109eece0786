"""Each kind of dirt that DATA.md counts is handled by a rule of Level 2, which finds just as much of it in the year."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_data import stated_dirt

from ladder.places import FEED
from ladder.places import LEVELS

TAKE_IN_THE_YEAR = """
from datetime import date
from flighttime import ingest
for day in (date(2013, 3, 1), date(2014, 1, 2)):
    print(ingest.update(day))
"""
# What is told in other words or of flights where DATA.md counts something else, and how often.
OTHERWISE = {
    "wind speeds above 100 mph": {"in quarantine: winds over 200 mph": 1},
    # 90 more are missing at the ends of the year.
    "weather hours missing": {"weather hours missing": 165 - 90},
    "routes with two distances": {"flights on routes with two distances": 51 + 44},
    "destinations first seen after February": {"flights to destinations first seen": 1398},
    "routes first seen after February": {"flights on routes first seen": 4768},
    # The sum of two others.
    "flights that never get an air time": {"flights arrived without an air time": 717},
    # No flight goes there.
    "airports without a time zone": {},
    # The weather is that of the hour before.
    "flights without weather in their hour": {},
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    state = tmp_path_factory.mktemp("state")
    world = {"FLIGHTTIME_FEED": f"{FEED}", "FLIGHTTIME_RUNS": f"{state}", "FLIGHTTIME_TODAY": "2014-01-02", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", TAKE_IN_THE_YEAR]
    said = subprocess.run(command, cwd=LEVELS[2], env={**os.environ, **world}, check=True, capture_output=True, text=True).stdout
    counts: dict[str, int] = {}
    for count, what in (line.split(maxsplit=1) for line in said.splitlines() if line.startswith(" ")):
        rule = what.rsplit(": ", 1)[0]
        counts[rule] = counts.get(rule, 0) + int(count.replace(",", ""))
    return counts


def test_what_is_told_of_the_year_is_all_that_is_known(told: dict[str, int]) -> None:
    stated = {what: {what: count} if count else {} for what, count in stated_dirt().items()}

    assert set(OTHERWISE) <= set(stated)
    assert told == {what: count for counts in (stated | OTHERWISE).values() for what, count in counts.items()}
