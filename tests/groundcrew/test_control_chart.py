"""The positions in the chart of weeks agree with the numbers."""

from datetime import date
from datetime import timedelta

import pytest

from groundcrew.web import control_chart
from groundcrew.web import control_scale

THRESHOLD = 1.1


def week(first: str, mae: float | None, median: float | None, answers: int = 6000) -> dict:
    errors = {"mae": mae, "route_median_mae": median, "ratio": mae and mae / median}
    return {"first": first, "answers": answers, "certified": 8.4, "versions": {"1": 6000}} | errors


def test_positions_agree_with_the_numbers() -> None:
    weeks = [
        week("2013-02-25", None, None, answers=0),
        week("2013-03-04", 5.0, 5.0),
        week("2013-03-11", None, None),
        week("2013-03-18", 15.0, 10.0),
    ]
    release = {"day": "2013-03-01", "sign": "switch"}
    alarm = {"day": "2013-03-18", "sign": "alarm"}

    chart = control_chart.draw(weeks, [release, alarm], THRESHOLD)

    top, bottom = control_scale.ERROR
    assert chart.levels[0] == (bottom, 0) and chart.levels[-1] == (top, 15)
    assert len(chart.lines["model"]) == 2
    assert [above for *_, above in chart.bars] == [False, True]
    assert chart.breaches == [pytest.approx(200 / 16)]
    assert chart.dots[-1][1] == top
    assert chart.marks == [(pytest.approx(200 / 16), alarm)]
    assert [label for *_, label in chart.shares] == [True, False, False]
    assert chart.limits[1][1] == "×1.1"
    months = [(28, date(2013, 4, 1)), (58, date(2013, 5, 1)), (89, date(2013, 6, 1))]
    assert chart.months == [
        (pytest.approx(days / 7 / 16 * 100, abs=0.01), month) for days, month in months
    ]


def test_a_year_fits_into_the_chart() -> None:
    days = [date(2013, 3, 4) + timedelta(weeks=number) for number in range(52)]

    chart = control_chart.draw([week(f"{day}", 30.0, 1.0) for day in days], [], THRESHOLD)

    bars = [left + width for left, _, width, _, _ in chart.bars]
    shares = [left + width for left, width, *_ in chart.shares]
    positions = [*bars, *shares, *(x for x, *_ in chart.dots)]
    top, bottom = control_scale.RATIO
    assert 0 < min(positions) and max(positions) <= 100.01
    assert all(top <= y <= bottom for _, y, *_ in chart.bars)


def test_missing_weeks_leave_a_gap() -> None:
    days = ["2013-03-04", "2013-07-01", "2013-07-08", "2013-07-15"]

    chart = control_chart.draw([week(day, 12.0, 10.0) for day in days], [], THRESHOLD)

    # A dot is in the middle of its week: on its fourth day.
    expected = [100 * (number + 3 / 7) / 20 for number in (0, 17, 18, 19)]
    left, width, *_ = chart.shares[-1]
    assert [x for x, *_ in chart.dots] == pytest.approx(expected, abs=0.01)
    assert left + width == pytest.approx(100)


def test_without_an_answer_there_is_no_chart() -> None:
    weeks = [week("2013-02-25", None, None, answers=0)]

    assert control_chart.draw(weeks, [], THRESHOLD) is None


def test_every_version_that_answered_is_labelled_where_it_has_most() -> None:
    weeks = [week(day, 9.0, 9.0) for day in ("2013-03-04", "2013-03-11", "2013-03-18")]
    weeks[0]["versions"] = {"1": 5000, "2": 1000}
    weeks[1]["versions"] = {"2": 2000, "10": 2000, "1": 2000}
    weeks[2]["versions"] = {"10": 4000, "2": 1000}

    chart = control_chart.draw(weeks, [], THRESHOLD)

    labelled = [(x, version) for x, _, version, _, label in chart.shares if label]
    at = [share[0] for share in chart.shares]
    assert labelled == [(at[0], "1"), (at[3], "2"), (at[6], "10")]
