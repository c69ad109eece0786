"""The report says what the numbers say, for any numbers; the reports in here are made up."""

import copy
import json
import math
import os
import re
from datetime import date
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from ladder.report import chart_svg
from ladder.report import print_table
from ladder.report import sentences
from ladder.report import write_report

FROZEN = {3: 9.3, 4: 9.0, 5: 13.3, 6: 11.9, 7: 14.2, 8: 13.1, 9: 14.8, 10: 10.4, 11: 8.2, 12: 8.5}
FRESH = {3: 8.9, 4: 7.7, 5: 8.1, 6: 6.9, 7: 6.9, 8: 6.4, 9: 6.9, 10: 7.7, 11: 7.9, 12: 8.6}
RELEASES = {
    0: [],
    1: ["2013-04-15", "2013-07-15", "2013-10-15"],
    2: ["2013-03-08", "2013-05-08", "2013-07-08", "2013-09-08", "2013-11-08"],
    3: [f"2013-{month:02}-02" for month in range(3, 13)],
    4: ["2013-05-07", "2013-06-04", "2013-09-10", "2013-11-26"],
}
STEPS = {0: None, 1: 9.0, 2: 4.0, 3: 1.0, 4: 0.0}
THRESHOLD = 9.6


def made_up(*, levels: tuple[int, ...] = (0, 1, 2, 3, 4), until: str = "2013-12-31") -> dict[str, Any]:
    """A report with the year's shape and invented numbers: error grows with the model's age."""
    starts = [date(2013, 3, 1) + timedelta(days=7 * n) for n in range(44)]
    starts = [start for start in starts if start <= date.fromisoformat(until)]
    weekly = [
        {"week": start.isoformat(), "level": key, "mae": error(key, start), "flights": 6400 + 37 * (start.day % 9)}
        for start in starts
        for key in (*levels, "route_median_frozen", "route_median_rolling")
    ]
    return {
        "elapsed_s": 101.3,
        "same_model_max_abs_diff": 0.0,
        "levels": [level_row(level, weekly) for level in levels],
        "baselines": {key: errors(key, weekly) for key in ("route_median_frozen", "route_median_rolling")},
        "weekly": weekly,
        "assumptions": {
            "level_0": {"acts": "never again"},
            "level_1": {"refit": "every quarter", "lead_days": 14},
            "level_3": {"approval": True, "slices": ["carrier", "origin"]},
        },
        "until": until,
        "certified_mae": 7.7,
        "threshold_mae": THRESHOLD,
        "events": [event for level in levels for event in events(level, until)],
        "timings": [{"what": "build level 0", "seconds": 21.5}, {"what": "replay", "seconds": 64.0}],
    }


def error(key: int | str, start: date) -> float:
    wave = 1 + 0.13 * math.sin(start.toordinal() * 1.7) + 0.07 * math.sin(start.toordinal() * 0.61)
    stale, fresh = FROZEN[start.month], FRESH[start.month]
    if key == "route_median_rolling":
        return round(fresh * wave * 0.97, 3)
    if key == "route_median_frozen":
        return round((stale + 0.15 + 0.4 * math.sin(start.toordinal())) * wave, 3)
    before = [date.fromisoformat(day) for day in RELEASES[key] if date.fromisoformat(day) <= start]
    share = min(1.0, 0.05 + (start - before[-1]).days / 130) if before else 1.0
    return round((fresh + share * (stale - fresh)) * wave + 0.02 * key, 3)


def errors(key: int | str, weekly: list[dict[str, Any]]) -> dict[str, Any]:
    maes = [row["mae"] for row in weekly if row["level"] == key]
    summer = [row["mae"] for row in weekly if row["level"] == key and "06" <= row["week"][5:7] <= "09"]
    return {
        "mae": round(sum(maes) / len(maes), 3),
        "mae_jun_sep": round(sum(summer) / len(summer), 3) if summer else None,
        "worst_week_mae": max(maes),
    }


def level_row(level: int, weekly: list[dict[str, Any]]) -> dict[str, Any]:
    over = sum(row["mae"] > THRESHOLD for row in weekly if row["level"] == level)
    return {
        "level": level,
        **errors(level, weekly),
        "weeks_over": over,
        "releases": len(RELEASES[level]),
        "refused": 1 if level == 3 else 0,
        "mean_model_age_days": [153.0, 61.2, 34.0, 18.5, 29.1][level],
        "days_to_detect": [None, 45, 31, 12, 1][level] if over else None,
        "days_to_recover": [None, 80, 40, 20, 9][level] if over else None,
        "manual_steps_per_release": STEPS[level],
    }


def events(level: int, until: str) -> list[dict[str, Any]]:
    found = [{"date": day, "level": level, "kind": "release", "text": f"model of {day}"} for day in RELEASES[level]]
    if level == 3:
        found.append({"date": "2013-10-25", "level": 3, "kind": "refused", "text": "worse over 2,000 miles"})
    if level == 4:
        found.append({"date": "2013-05-06", "level": 4, "kind": "detected", "text": "9.9 > 9.6"})
    return [event for event in found if event["date"] <= until]


def written(report: dict[str, Any], folder: Path) -> str:
    write_report(report, folder)
    return (folder / "report.html").read_text(encoding="utf-8")


def test_json_keeps_the_names_and_values(tmp_path: Path) -> None:
    report = made_up()

    write_report(report, tmp_path)

    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == report


@pytest.mark.parametrize("levels", [(0,), (4,), (0, 3), (1, 2, 3, 4), ()])
@pytest.mark.parametrize("until", ["2013-03-01", "2013-03-07", "2013-04-20", "2013-12-31"])
def test_part_of_a_report_is_still_a_report(tmp_path: Path, levels: tuple[int, ...], until: str) -> None:
    report = made_up(levels=levels, until=until)

    html = written(report, tmp_path)

    assert html.count("<svg class=\"chart") == 3
    assert print_table(report)
    ElementTree.fromstring(chart_svg(report))
