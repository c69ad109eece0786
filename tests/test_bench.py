"""The benchmarks run, and say what they measured; how much it was is not judged here."""

import argparse
import shutil
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from level_runs import starter

from ladder.bench import loop
from ladder.bench import monitoring
from ladder.bench import pipeline
from ladder.bench import production
from ladder.bench import serving
from ladder.bench import years
from ladder.errors import LadderError
from ladder.places import FEED
from ladder.places import LEVELS


@pytest.fixture
def start_warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long an ordinary start takes is not judged here either."""
    monkeypatch.setattr(sys, "executable", starter().python)


@pytest.mark.slow
@pytest.mark.usefixtures("start_warm")
def test_the_pipeline_and_the_bare_fit_are_measured_on_the_same_rows(tmp_path: Path) -> None:
    found = pipeline.measure(pipeline.days_of("15 days"), tmp_path)

    assert found.rows == 6_935
    assert min(found) > 0


@pytest.mark.parametrize(("size", "days"), [("15 days", 15), ("1 year", 365), ("10 years", 3650)])
def test_a_size_is_a_time(size: str, days: int) -> None:
    assert pipeline.days_of(size) == days


@pytest.mark.parametrize("size", ["", "0 years", "ten years", "50000"])
def test_a_size_that_is_none_is_refused(size: str) -> None:
    with pytest.raises(LadderError, match="is no time: write it like '2 months' or '3 years'"):
        pipeline.days_of(size)


def test_years_follow_each_other_without_a_gap(tmp_path: Path) -> None:
    weather = pd.read_parquet(FEED / "weather" / "2013-12.parquet")

    moved = years.later(weather, 2 * years.DAYS)

    assert date(*map(int, moved[["year", "month", "day"]].iloc[-1])) == date(2015, 12, 30)
    assert (moved["time_hour"] - weather["time_hour"]).dt.days.eq(730).all()
    assert moved["temp"].equals(weather["temp"]) and moved.dtypes.equals(weather.dtypes)


@pytest.mark.slow
@pytest.mark.usefixtures("start_warm")
@pytest.mark.parametrize("level", [4], indirect=True)
def test_applications_say_the_same_and_are_measured(
    level: int,
    runs: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = runs / LEVELS[level].name
    monkeypatch.setattr(
        serving, "release_first_model", lambda level, state: shutil.copytree(made, state)
    )
    monkeypatch.setattr(serving, "LOADS", [(1, 2), (100, 1)])
    asked = argparse.Namespace(seconds=0.2, rounds=1, only=["level 3", "level 4"])

    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    before = written()

    assert serving.main(asked) == 0

    assert written() == before
    output = capsys.readouterr().out
    assert "flights a request: 100; connections: 1" in output
    assert [line.split()[-1] for line in output.splitlines()[-2:]] == ["MB", "MB"]


def written() -> set[Path]:
    """The bytecode in the folders of the measured levels, which nothing may write to."""
    return {path for number in (3, 4) for path in LEVELS[number].rglob("__pycache__")}


def test_answers_that_differ_are_told() -> None:
    same, other = (serving.Round(1, 1, {}, minutes) for minutes in ([100.0, 200.0], [100.0, 200.1]))

    with pytest.raises(LadderError, match="other says something else: 0.09.* minutes off"):
        serving.compare({"first": [same], "other": [other]})


@pytest.mark.slow
@pytest.mark.usefixtures("start_warm")
def test_monitoring_and_the_naive_way_find_the_same(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(monitoring, "RUNS", tmp_path)
    # An early week: the flights until then are gathered in a moment.
    monkeypatch.setattr(monitoring, "TODAY", "2013-02-04")
    monkeypatch.setattr(monitoring, "UNTIL", "2013-02-03")
    monkeypatch.setitem(monitoring.SINCE, "week", "2013-01-28")

    monitoring.measure(15_000, "week", [1], naive=True)

    output = capsys.readouterr().out
    assert output.startswith("15,000 answers of a week")
    assert " 5,706 " in output
    assert output.count("MB") == 2
    assert list(tmp_path.iterdir()) == []


def test_monitoring_that_finds_something_else_is_told() -> None:
    with pytest.raises(
        LadderError,
        match="the naive way finds .5907, 8.0., and monitoring .5907, 9.0.: one of them is wrong",
    ):
        monitoring.show("some", 1, [1.0, 100.0, 5907, 9.0], [1.0, 100.0, 5907, 8.0])


def test_a_history_that_cannot_grow_is_refused() -> None:
    with pytest.raises(
        LadderError,
        match="--answers 9,000 are too few for a history that grows: take 10,000 or more",
    ):
        monitoring.main(argparse.Namespace(answers=9000, naive=False))


def test_the_loops_round_is_told_with_what_users_noticed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    idle, meanwhile = loop.Asked([0.002] * 100), loop.Asked([0.003] * 98 + [0.008] * 2, ["hung up"])

    loop.show(1, loop.Round({"retrain": 1.0, "answers": 9.5}, idle, meanwhile))

    first, second, third = capsys.readouterr().out.splitlines()
    assert first.split() == ["round", "1", "9.5", "s", "2.0", "ms", "8.0", "ms", "4.0", "100", "1"]
    assert (second.strip(), third.strip()) == (
        "retrain 1.0, answers 9.5",
        "the first that failed: hung up",
    )


def test_a_decision_counts_once_it_is_written_whole(tmp_path: Path) -> None:
    (tmp_path / "ledger.jsonl").write_text(
        '{"decision": "retrain"}\n{"decision": "tra', encoding="utf-8"
    )

    assert production.Production(tmp_path).decisions() == {"retrain"}
