"""The report says what the numbers say, for any numbers; the reports in here are made up."""

import base64
import copy
import hashlib
import json
import math
import os
import re
from datetime import date
from datetime import timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from ladder.look.palette import COLOURS
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
    4: [
        "2013-04-30",
        "2013-05-14",
        "2013-06-11",
        "2013-07-16",
        "2013-08-20",
        "2013-09-24",
        "2013-10-29",
        "2013-12-03",
    ],
}
STEPS = {0: None, 1: 9.0, 2: 4.0, 3: 1.0, 4: 0.0}
THRESHOLD = 9.6


def made_up(
    *, levels: tuple[int, ...] = (0, 1, 2, 3, 4), until: str = "2013-12-31"
) -> dict[str, Any]:
    """A report with the year's shape and invented numbers: error grows with the model's age."""
    starts = [date(2013, 3, 1) + timedelta(days=7 * n) for n in range(44)]
    starts = [start for start in starts if start <= date.fromisoformat(until)]
    weekly = [
        {
            "week": start.isoformat(),
            "level": key,
            "mae": error(key, start),
            "flights": 6400 + 37 * (start.day % 9),
        }
        for start in starts
        for key in (*levels, "route_median_frozen", "route_median_rolling")
    ]
    return {
        "elapsed_s": 101.3,
        "same_model_max_abs_diff": 0.0,
        "levels": [level_row(level, weekly, until) for level in levels],
        "baselines": {
            key: errors(key, weekly) for key in ("route_median_frozen", "route_median_rolling")
        },
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
        "timings": [
            {"what": "build level 0", "seconds": 21.5},
            {"what": "replay", "seconds": 64.0},
        ],
    }


def error(key: int | str, start: date) -> float:
    wave = 1 + 0.13 * math.sin(start.toordinal() * 1.7) + 0.07 * math.sin(start.toordinal() * 0.61)
    stale, fresh = FROZEN[start.month], FRESH[start.month]
    if key == "route_median_rolling":
        return round(fresh * wave * 0.97, 3)
    if key == "route_median_frozen":
        return round((stale + 0.15 + 0.4 * math.sin(start.toordinal())) * wave, 3)
    before = [date.fromisoformat(day) for day in RELEASES[key] if date.fromisoformat(day) <= start]
    share = min(1.0, (start - before[-1]).days / 170) if before else 1.0
    return round((fresh + share * (stale - fresh)) * wave, 3)


def errors(key: int | str, weekly: list[dict[str, Any]]) -> dict[str, Any]:
    maes = [row["mae"] for row in weekly if row["level"] == key]
    summer = [
        row["mae"] for row in weekly if row["level"] == key and "06" <= row["week"][5:7] <= "09"
    ]
    return {
        "mae": round(sum(maes) / len(maes), 3),
        "mae_jun_sep": round(sum(summer) / len(summer), 3) if summer else None,
        "worst_week_mae": max(maes),
    }


def level_row(level: int, weekly: list[dict[str, Any]], until: str) -> dict[str, Any]:
    over = sum(row["mae"] > THRESHOLD for row in weekly if row["level"] == level)
    return {
        "level": level,
        **errors(level, weekly),
        "weeks_over": over,
        "releases": sum(day <= until for day in RELEASES[level]),
        "refused": int(level == 3 and until >= "2013-10-25"),
        "mean_model_age_days": [153.0, 61.2, 34.0, 18.5, 29.1][level],
        "days_to_detect": [None, 45, 31, 12, 1][level] if over else None,
        "days_to_recover": [None, 80, 40, 20, 9][level] if over else None,
        "manual_steps_per_release": STEPS[level],
    }


def events(level: int, until: str) -> list[dict[str, Any]]:
    found = [
        {"date": day, "level": level, "kind": "release", "text": f"model of {day}"}
        for day in RELEASES[level]
    ]
    if level == 3:
        found.append(
            {"date": "2013-10-25", "level": 3, "kind": "refused", "text": "worse over 2,000 miles"}
        )
    if level == 4:
        found.append({"date": "2013-05-06", "level": 4, "kind": "detected", "text": "9.9 > 9.6"})
    return [event for event in found if event["date"] <= until]


def written(report: dict[str, Any], folder: Path) -> str:
    write_report(report, folder)
    return (folder / "report.html").read_text(encoding="utf-8")


def with_mae(
    report: dict[str, Any], level: int, mae: float, **more: float | None
) -> dict[str, Any]:
    """The same report with other numbers for one level."""
    next(row for row in report["levels"] if row["level"] == level).update(mae=mae, **more)
    return report


def with_weeks(report: dict[str, Any], key: int | str, mae: float) -> dict[str, Any]:
    for row in report["weekly"]:
        if row["level"] == key:
            row["mae"] = mae
    return report


def said(report: dict[str, Any]) -> str:
    return "\n".join(sentences(report))


class Seen(HTMLParser):
    """Tags with their attributes, and the text a reader sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_json_keeps_the_names_and_values_in_the_order_given(tmp_path: Path) -> None:
    report = made_up()

    write_report(report, tmp_path)

    text = (tmp_path / "report.json").read_text(encoding="utf-8")
    assert json.loads(text) == report
    assert list(json.loads(text)) == list(report)
    assert text.startswith('{\n "elapsed_s"')


def test_json_has_null_where_there_is_no_number(tmp_path: Path) -> None:
    report = with_mae(made_up(), 2, 8.0, mean_model_age_days=math.nan, days_to_detect=math.inf)
    report["assumptions"]["start"] = date(2013, 3, 1)

    write_report(report, tmp_path)

    text = (tmp_path / "report.json").read_text(encoding="utf-8")
    read = json.loads(text, parse_constant=pytest.fail)
    assert read["levels"][2]["mean_model_age_days"] is None
    assert read["levels"][2]["days_to_detect"] is None
    assert read["assumptions"]["start"] == "2013-03-01"


def test_numpy_numbers_become_plain_ones(tmp_path: Path) -> None:
    numpy = pytest.importorskip("numpy")
    report = with_mae(
        made_up(),
        2,
        numpy.float32(8.5),
        releases=numpy.int64(5),
        days_to_detect=numpy.float32("nan"),
    )

    write_report(report, tmp_path)

    row = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["levels"][2]
    assert (row["mae"], row["releases"], row["days_to_detect"]) == (8.5, 5, None)


@pytest.mark.parametrize("levels", [(0,), (4,), (0, 3), (1, 2, 3, 4), ()])
@pytest.mark.parametrize("until", ["2013-03-01", "2013-03-07", "2013-04-20", "2013-12-31"])
def test_part_of_a_report_is_still_a_report(
    tmp_path: Path, levels: tuple[int, ...], until: str
) -> None:
    report = made_up(levels=levels, until=until)

    html = written(report, tmp_path)

    assert html.count('<svg class="chart') == 3
    assert len(print_table(report).splitlines()) == 2 + 1 + len(levels) + 1 + 2
    for word in ("nan", "None", "null minutes", "inf "):
        assert word not in html.split("<main>")[1].split("<script")[0]


@pytest.mark.parametrize(
    "missing", ["events", "timings", "until", "certified_mae", "threshold_mae"]
)
def test_what_is_extra_may_be_missing(tmp_path: Path, missing: str) -> None:
    report = made_up()
    del report[missing]

    html = written(report, tmp_path)

    assert "What it shows" in html


def test_every_number_that_may_be_null_may_be_null(tmp_path: Path) -> None:
    report = made_up()
    for row in report["levels"]:
        row.update(dict.fromkeys(set(row) - {"level"}, None))
    for row in report["weekly"][::3]:
        row["mae"] = None

    html = written(report, tmp_path)

    assert "No level made a prediction" in html
    assert print_table(report)


def test_the_gain_is_called_a_gain_a_tie_or_a_loss() -> None:
    gain, tie, loss = (said(with_mae(made_up(), 4, mae)) for mae in (8.0, 11.28, 12.0))

    assert "Level 4 cuts Level 0's error by 29%" in gain
    assert "Level 4 bought no accuracy over Level 0" in tie
    assert "Level 4 is further off than Level 0" in loss


@pytest.mark.parametrize(
    ("mae", "words"),
    [
        (7.9, "A plain route median, kept fresh, beats Level 4 by 0.40 minutes"),
        (7.55, "A plain route median, kept fresh, ties with Level 4"),
        (7.0, "Level 4 beats a plain route median, kept fresh, by 0.50 minutes"),
    ],
)
def test_the_fresh_median_wins_ties_or_loses_by_its_number(mae: float, words: str) -> None:
    report = with_mae(made_up(), 4, mae)
    report["baselines"]["route_median_rolling"]["mae"] = 7.5

    text = said(report)

    assert words in text


@pytest.mark.parametrize(
    ("mae", "words"),
    [
        (7.5, "Level 3 did better than Level 4: 7.50 minutes against 8.00"),
        (8.05, "Level 3 ties with Level 4 on accuracy"),
        (8.3, "No lower level comes within 0.1 minutes of Level 4"),
    ],
)
def test_a_lower_level_that_does_as_well_is_named(mae: float, words: str) -> None:
    report = with_mae(with_mae(with_mae(made_up(), 4, 8.0), 3, mae), 2, 9.0)

    text = said(report)

    assert words in text


def test_the_largest_step_is_the_one_with_the_largest_gain() -> None:
    early = made_up()
    late = made_up()
    for level in (1, 2, 3):
        with_mae(late, level, 11.3 - level * 0.2)

    assert "The largest step is from Level 0 to Level 1" in said(early)
    assert "The largest step is from Level 3 to Level 4" in said(late)


@pytest.mark.parametrize(
    ("steps", "words"), [(0.0, "1 step at Level 3, none at Level 4"), (1.0, "no work was saved")]
)
def test_work_is_saved_only_where_the_steps_say_so(steps: float, words: str) -> None:
    report = with_mae(with_mae(made_up(), 3, 7.9), 4, 8.0, manual_steps_per_release=steps)

    text = said(report)

    assert words in text


@pytest.mark.parametrize(
    ("worst", "words"),
    [(9.0, "is milder than any lower level's"), (14.0, "is no better than Level 2's")],
)
def test_the_worst_week_is_not_flattered(worst: float, words: str) -> None:
    report = with_mae(made_up(), 4, 8.0, worst_week_mae=worst)

    text = said(report)

    assert f"Level 4's worst week {words}" in text


def test_weeks_in_which_the_old_model_won_are_counted() -> None:
    never = with_weeks(made_up(), 4, 1.0)
    often = with_weeks(made_up(), 4, 9.5)

    assert "was the better one" not in said(never)
    assert re.search(
        r"Yet in \d+ of 44 weeks, mostly in \w+ and \w+, Level 0 was the better one", said(often)
    )


def test_a_difference_too_small_to_matter_is_no_lost_week() -> None:
    report = with_weeks(with_weeks(made_up(), 0, 8.0), 4, 8.0 + 1e-9)

    text = said(report)

    assert "was the better one" not in text


def test_nobody_noticing_is_said() -> None:
    noticed = with_mae(made_up(), 0, 11.3, days_to_detect=3)

    assert "at Level 0 no one noticed" in said(made_up())
    assert "no one noticed" not in said(noticed)


def test_levels_that_began_apart_are_not_called_the_same(tmp_path: Path) -> None:
    apart = made_up() | {"same_model_max_abs_diff": 0.3}

    assert "All began with the same model" in written(made_up(), tmp_path)
    assert "did not begin with the same model" in written(apart, tmp_path)


def test_text_from_the_report_is_escaped(tmp_path: Path) -> None:
    report = made_up()
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>'\"&"
    report["events"][0].update(text=evil, kind=evil)
    report["assumptions"] = {evil: [evil, {evil: evil}]}
    report["timings"][0]["what"] = evil

    html = written(report, tmp_path)

    assert "<img" not in html
    assert html.count("<script") == written(made_up(), tmp_path).count("<script")
    assert evil in Seen(html).text


def test_the_page_asks_for_nothing_from_outside(tmp_path: Path) -> None:
    html = written(made_up(), tmp_path)

    tags = Seen(html).tags
    asked = [
        value
        for _, attributes in tags
        for name, value in attributes.items()
        if name in ("src", "href", "srcset", "action")
    ]
    assert asked == []
    assert not re.search(r"https?:|url\(|@import|//cdn", html)


def test_the_policy_fits_what_is_inside_and_nothing_else(tmp_path: Path) -> None:
    html = written(made_up(), tmp_path)

    policy = next(
        tag["content"] for name, tag in Seen(html).tags if name == "meta" and "http-equiv" in tag
    )
    inside = [re.search(f"<{tag}>(.*?)</{tag}>", html, re.S)[1] for tag in ("style", "script")]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inside]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
    assert re.findall("sha256-([^']+)", policy) == hashes
    assert not any(
        name == "style" or name.startswith("on") for _, tag in Seen(html).tags for name in tag
    )


def test_the_page_can_be_heard(tmp_path: Path) -> None:
    tags = Seen(written(made_up(), tmp_path)).tags

    ids = [tag["id"] for _, tag in tags if "id" in tag]
    pictures = [tag for name, tag in tags if name == "svg" and tag.get("aria-hidden") != "true"]
    assert len(ids) == len(set(ids))
    assert all(
        tag["role"] == "img" and set(tag["aria-labelledby"].split()) <= set(ids) for tag in pictures
    )
    assert all("scope" in tag for name, tag in tags if name == "th")
    assert sum(name == "caption" for name, _ in tags) == sum(name == "table" for name, _ in tags)


def test_the_still_picture_stands_alone() -> None:
    for narrow in (False, True):
        svg = chart_svg(made_up(), narrow=narrow)

        ElementTree.fromstring(svg)
        assert "prefers-color-scheme:dark" in svg
        assert "var(" not in svg and "href" not in svg and "url(" not in svg


def test_names_at_the_line_ends_do_not_touch() -> None:
    report = made_up()
    for row in report["weekly"]:
        row["mae"] = 8.0

    svg = ElementTree.fromstring(chart_svg(report))

    named = [text for text in svg.iter("{http://www.w3.org/2000/svg}text") if len(text) == 2]
    heights = sorted(float(text.get("y")) for text in named)
    assert len(heights) == 7
    assert min(after - before for before, after in pairwise(heights)) >= 15


def test_a_missing_week_leaves_a_gap() -> None:
    whole, broken = made_up(levels=(0,)), made_up(levels=(0,))
    broken["weekly"] = [
        row for row in broken["weekly"] if (row["level"], row["week"]) != (0, "2013-06-07")
    ]

    lines = [
        re.search(r'<g class="series s-l0"[^>]*><path d="([^"]*)" class="line"', chart_svg(report))[
            1
        ]
        for report in (whole, broken)
    ]

    assert [line.count("M") for line in lines] == [1, 2]


def test_every_line_stands_out_from_the_paper() -> None:
    for setting in (0, 1):
        paper = brightness(COLOURS["paper"][setting])
        for name in ("l0", "l1", "l2", "l3", "l4", "frozen", "rolling"):
            ends = sorted((paper, brightness(COLOURS[name][setting])))
            assert (ends[1] + 0.05) / (ends[0] + 0.05) >= 3, name


def brightness(colour: str) -> float:
    """WCAG 2 relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def test_a_failed_write_leaves_the_old_report_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_report(made_up(), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    broken = made_up(levels=(0, 3))
    broken["levels"][0]["level"] = 99

    with pytest.raises(KeyError):
        write_report(broken, tmp_path)
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="disk"):
        write_report(made_up(levels=(0,)), tmp_path)

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def refuse(*_: object) -> None:
    raise OSError("disk full")


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = written(made_up(), tmp_path / "a"), written(made_up(), tmp_path / "b")

    assert first == second


def test_writing_leaves_the_report_as_it_was(tmp_path: Path) -> None:
    report = made_up()
    before = copy.deepcopy(report)

    write_report(report, tmp_path)
    print_table(report)

    assert report == before


def test_the_terminal_table_is_plain_and_narrow() -> None:
    table = print_table(made_up())

    assert table.isascii()
    assert max(map(len, table.splitlines())) <= 100
    assert re.search(r"^4  full MLOps .*\b8\b", table, re.M)
