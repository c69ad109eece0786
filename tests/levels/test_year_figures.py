"""The figures of the year that Level 2's schema states beside its limits are those of the data."""

import re

import level_process
import pytest

from ladder.places import LEVELS

SCRIPT = """
import json
from datetime import date
from math import inf
from types import SimpleNamespace

import pandas as pd

from flighttime import metrics, schema, validate
from groundcrew import feed, label_level
from groundcrew.day_speeds import DaySpeeds

flights = feed.flights(date(2013, 12, 31))
flights = flights[flights["date"] < "2013-12-30"]  # the last days are not published in full
# Shares and speeds vary most in what is published by the next day, which is judged first.
early = flights[flights["published"] <= flights["date"] + pd.Timedelta(days=1)]
weather = feed.weather(date(2013, 12, 31))
times, speeds, gaps = [], [], []
for column, shares in schema.USUAL_SHARES.items():
    counts = pd.crosstab(early["date"], early[column])
    found = counts.div(counts.sum(axis=1), axis=0)
    times += [found[value] / share for value, share in shares.items()]


class Speeds(DaySpeeds):
    def ratios(self, day, before):
        for name, times, count in super().ratios(day, before):
            if count >= label_level.MIN_FLIGHTS:
                speeds.append(times)
            yield name, times, count


label_level.DaySpeeds = Speeds
level = label_level.Level(0.0, inf, metrics.slices)
label_level.breaks(SimpleNamespace(flights=early), None, level)
a_day = flights["date"].value_counts()
in_celsius = weather.assign(temp=(weather["temp"] - 32) / 1.8, dewp=(weather["dewp"] - 32) / 1.8)
for table in (weather, in_celsius):
    expected = validate.relative_humidity(table["temp"], table["dewp"])
    days = pd.to_datetime(table[["year", "month", "day"]])
    gaps.append((expected - table["humid"]).abs().groupby(days).median())
print(json.dumps({
    "flights": [int(a_day.min()), int(a_day.max())],
    "next day": int(early["date"].value_counts().min()),
    "shares": [float(pd.concat(times).min()), float(pd.concat(times).max())],
    "speeds": [min(speeds), max(speeds)],
    "gaps": [float(gaps[0].max()), float(gaps[1].min())],
    "limits": [list(schema.TIMES_THE_SHARE), list(schema.SPEED[:2]), schema.MAX_HUMIDITY_GAP],
}))
"""
STATED = {
    "flights": r"2013: (\S+) to ([\d,]+); at least",
    "next day": r"at least (\S+) published by the next day",
    "shares": r"2013's days had (\S+) to (\S+) times as many",
    "speeds": r"in 2013 a day's median speed was (\S+) to (\S+) times as high",
    "gaps": r"median of a day: Fahrenheit (\S+), Celsius (\S+)$",
}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return level_process.run(2, SCRIPT, tmp_path_factory.mktemp("runs"), "2013-12-31")


def stated(name: str) -> list[str]:
    source = (LEVELS[2] / "flighttime" / "schema.py").read_text(encoding="utf-8")
    (found,) = re.finditer(STATED[name], source, re.MULTILINE)
    return list(found.groups())


@pytest.mark.parametrize("name", STATED)
def test_the_figures_beside_the_limits_are_those_of_the_year(year: dict, name: str) -> None:
    measured = year[name] if isinstance(year[name], list) else [year[name]]

    for text, value in zip(stated(name), measured, strict=True):
        digits = len(text.partition(".")[2])
        assert f"{value:,.{digits}f}" == text, (name, measured)


def test_the_limits_leave_room_around_the_year(year: dict) -> None:
    (least, most), (low, high), gap = year["limits"]

    assert least < year["shares"][0] and year["shares"][1] < most
    assert low < year["speeds"][0] and year["speeds"][1] < high
    assert year["gaps"][0] < gap < year["gaps"][1]
