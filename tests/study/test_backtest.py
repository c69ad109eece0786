"""Replay of a synthetic year, in which a model's error depends on its age as a test says."""

import json
import sys
from collections.abc import Callable
from datetime import date
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from flighttime import loop_state
from flighttime.features import FEATURES
from groundcrew import commands
from groundcrew import settings
from groundcrew.errors import UserError
from ladder.study import backtest
from ladder.study import contenders
from ladder.study import hindsight
from ladder.study.replayed import Replay
from ladder.study.rule import Rule
from ladder.study.rule import Week
from ladder.study.years import Model
from ladder.study.years import Year

FIRST, LAST = date(2013, 4, 1), date(2013, 7, 4)
FLIGHTS_A_DAY = 1000
BASE = 8.0

ErrorByAge = Callable[[date, np.ndarray], np.ndarray]


class SyntheticYear(Year):
    """A thousand flights a day, a route median that errs by 8 minutes, models by `error_by_age`."""

    def __init__(self, error_by_age: ErrorByAge) -> None:
        days = pd.date_range("2013-01-01", LAST).as_unit("us").repeat(FLIGHTS_A_DAY)
        published = days + pd.Timedelta(days=1)
        codes = {"carrier": "UA", "origin": "EWR", "dest": "IAH"}
        columns = dict.fromkeys(FEATURES, 1.0) | codes | {"air_time": 100.0}
        super().__init__(pd.DataFrame({"date": days, "published": published, **columns}))
        self.error_by_age = error_by_age

    def errors(self, model: Model) -> np.ndarray:
        age = (self.days - np.datetime64(model.day)).astype(int)
        errors = self.error_by_age(model.day, age)
        # A refitted model has learned from its holdout, so nothing can be measured on that.
        return np.where(self.days < np.datetime64(model.learned_until), np.nan, errors)

    @property
    def median_errors(self) -> np.ndarray:
        return np.full(len(self.flights), BASE)


def ageing(minutes_a_day: float) -> SyntheticYear:
    """A year in which the error of a model grows by so many minutes a day."""
    return SyntheticYear(lambda trained, age: BASE + minutes_a_day * np.maximum(age, 0.0))


def challengers_fail_from(day_of_life: int) -> SyntheticYear:
    """A year of ageing models; all but the first are useless from this day of their life on."""

    def error_by_age(trained: date, age: np.ndarray) -> np.ndarray:
        useless = 50.0 * (age >= day_of_life) if trained > FIRST else 0.0
        return BASE + 0.1 * np.maximum(age, 0.0) + useless

    return SyntheticYear(error_by_age)


def decisions(run: Replay) -> list[str]:
    return [entry["decision"] for entry in run.ledger]


POLICY = contenders.ratio()
ONE_ROUND = [
    "retrain",
    "trained",
    "PROMOTE",
    "refitted",
    "PROMOTE",
    "shadow",
    "shadow passed",
    "released",
    "confirmed",
]


def test_models_that_age_are_replaced_and_each_release_is_a_gain() -> None:
    run = backtest.replay(ageing(0.1), POLICY, FIRST)

    assert decisions(run)[:9] == ONE_ROUND
    assert len(run.entries("released")) >= 3
    assert hindsight.needless(run) == 0
    replayed = run.year.between(FIRST, LAST)
    assert run.errors[replayed].mean() < run.year.errors(Model(FIRST))[replayed].mean() - 1


def test_models_that_do_not_age_are_not_replaced() -> None:
    assert backtest.replay(ageing(0.0), POLICY, FIRST).ledger == []


def test_the_loop_state_can_be_read_from_a_replays_ledger() -> None:
    run = backtest.replay(ageing(0.1), POLICY, FIRST)

    state = loop_state.of(run.ledger)
    assert state.step in (loop_state.IDLE, loop_state.SHADOW, loop_state.CONFIRM)
    assert state.refused == 0
    released = [Model.named(entry["version"]) for entry in run.entries("released")]
    assert all(model.refit for model in released)
    assert [f"{model.day}" for model in released] == [one["day"] for one in run.entries("retrain")]


def test_only_landings_published_by_the_day_count() -> None:
    asked: list[tuple[date, list[Week]]] = []
    rule = Rule(lambda weeks, today, history: bool(asked.append((today, weeks))))

    backtest.replay(ageing(0.1), rule, FIRST)

    today, weeks = asked[1]
    assert today == date(2013, 4, 15)
    assert [week.first for week in weeks] == [date(2013, 4, 1), date(2013, 4, 8)]
    assert [week.labels for week in weeks] == [7 * FLIGHTS_A_DAY, 7 * FLIGHTS_A_DAY]
    assert weeks[-1].mae == pytest.approx(BASE + 0.1 * (7 + 13) / 2)
    assert weeks[-1].certified == BASE


def test_a_challenger_that_fails_in_the_shadow_evaluation_is_not_released() -> None:
    run = backtest.replay(challengers_fail_from(0), POLICY, FIRST)

    assert decisions(run)[:7] == [*ONE_ROUND[:6], "shadow failed"]
    assert run.champion == Model(FIRST)
    assert hindsight.needless(run) == len(run.entries("retrain"))


def test_a_champion_that_fails_in_the_post_release_watch_is_rolled_back() -> None:
    run = backtest.replay(challengers_fail_from(2), POLICY, FIRST)

    assert decisions(run)[:9] == [*ONE_ROUND[:8], "rolled back to"]
    rollback = run.entries("rolled back to")[0]
    assert rollback["version"] == f"{FIRST}"
    day = date.fromisoformat(rollback["day"])
    tomorrow = run.year.between(day, day + timedelta(days=1))
    assert (run.errors[tomorrow] == run.year.errors(Model(FIRST))[tomorrow]).all()


def test_a_calendar_retrains_on_its_days_and_the_gate_refuses_equal_models() -> None:
    run = backtest.replay(ageing(0.0), contenders.RULES["monthly"], FIRST)

    days = [entry["day"] for entry in run.entries("retrain")]
    assert days == ["2013-05-01", "2013-06-01", "2013-07-01"]
    assert len(run.entries("TIE")) == 3
    assert hindsight.needless(run) == 3


@pytest.mark.parametrize(("rule", "refit"), [("ratio-1.1", True), ("ratio-1.1-certified", False)])
def test_a_rule_releases_refitted_models_or_the_certified_bytes(rule: str, refit: bool) -> None:
    run = backtest.replay(ageing(0.1), contenders.RULES[rule], FIRST)

    assert decisions(run)[:9] == ONE_ROUND
    assert run.champion.refit is refit
    newest = run.year.between(LAST, LAST + timedelta(days=1))
    assert (run.errors[newest] == run.year.errors(run.champion)[newest]).all()
    # What is certified of a refitted model is what its certified version was measured at.
    assert backtest.weeks(run, LAST)[-1].certified == BASE


def unsure(trained: date, age: np.ndarray) -> np.ndarray:
    """Challengers gain 0.5 minutes over a bad champion, which differs from day to day."""
    if trained > FIRST:
        return np.full(len(age), 1.2 * BASE)
    return 1.2 * BASE + 0.5 + 0.6 * (np.arange(len(age)) // FLIGHTS_A_DAY % 7 - 3)


@pytest.mark.parametrize(
    ("rule", "outcome"), [("ratio-1.05", "PROMOTE"), ("ratio-1.05-strict", "TIE")]
)
def test_the_gate_asks_less_only_of_the_rules_that_measure_a_breach(
    rule: str, outcome: str
) -> None:
    run = backtest.replay(SyntheticYear(unsure), contenders.RULES[rule], FIRST)

    assert decisions(run)[2] == outcome


def test_judgement_counts_stale_weeks_and_days_to_act() -> None:
    rules = contenders.RULES["never"], POLICY

    never, ours = (hindsight.judge(ageing(0.1), rule, FIRST) for rule in rules)

    # After five days a model is more than half a minute behind: all weeks but the first are stale.
    assert (never.stale, never.retrainings, never.days_to_act) == (12, 0, None)
    assert ours.stale < never.stale
    assert ours.error < never.error and ours.worst_week < never.worst_week
    assert ours.days_to_act is not None and 7 <= ours.days_to_act <= 14


def test_a_threshold_on_the_error_alone_mistakes_weather_for_drift() -> None:
    first, last = np.datetime64("2013-06-03"), np.datetime64("2013-06-09")

    class WindyWeek(SyntheticYear):
        @property
        def median_errors(self) -> np.ndarray:
            return self.errors(Model(FIRST))

    def windy(trained: date, age: np.ndarray) -> np.ndarray:
        days = np.datetime64(trained) + age
        return BASE + 4.0 * ((days >= first) & (days <= last))

    year = WindyWeek(windy)

    assert hindsight.judge(year, contenders.RULES["error-1.25"], FIRST).needless == 1
    assert hindsight.judge(year, POLICY, FIRST).retrainings == 0


def test_a_rule_on_drift_looks_at_the_features_and_not_at_the_error() -> None:
    shifted, aged = ageing(0.0), ageing(0.1)
    later = shifted.days >= np.datetime64("2013-05-20")
    shifted.flights.loc[later & (shifted.flights.index % 2 == 0), "dest"] = "LAX"
    rule = contenders.RULES["drift-0.1"]

    runs = [backtest.replay(year, rule, FIRST) for year in (shifted, aged)]

    assert runs[0].entries("retrain")[0]["day"] == "2013-05-27"
    assert runs[1].ledger == []


def test_the_policy_of_the_settings_is_among_the_rules_compared() -> None:
    assert f"ratio-{settings.section('policy')['threshold']}" in contenders.RULES


def test_an_unknown_rule_or_a_short_year_is_refused() -> None:
    with pytest.raises(UserError, match="no rule 'hourly': choose among never, "):
        hindsight.compare(ageing(0.0), FIRST, ["hourly"])
    with pytest.raises(UserError, match="less than two weeks: choose an earlier --since"):
        hindsight.compare(ageing(0.0), date(2013, 6, 25), ["never"])
    with pytest.raises(UserError, match="the ledger has no release.*--since"):
        hindsight.first_release()


def test_the_command_prints_a_line_a_rule_and_writes_the_numbers(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    out = tmp_path / "found.json"
    monkeypatch.setattr(hindsight, "Year", lambda table: ageing(0.1))
    monkeypatch.setattr(type(hindsight.ingest.TABLE), "read", lambda table: None)
    options = ["--since", f"{FIRST}", "--out", str(out)]
    monkeypatch.setattr(sys, "argv", ["hindsight", "never", "ratio-1.1", *options])

    # A command that succeeds may end the process with exit code 0.
    try:
        commands.run(hindsight.main)
    except SystemExit as ended:
        assert not ended.code

    title, *lines = capsys.readouterr().out.splitlines()
    assert title.split()[0] == "rule"
    assert [line.split()[0] for line in lines] == ["never", "ratio-1.1"]
    judged = json.loads(out.read_text(encoding="utf-8"))
    assert f"{judged['never']['error']:.2f}" == lines[0].split()[1]
