"""The loop through a made-up year: a model errs the more the older it is, and by as much as a test says."""

from collections.abc import Callable
from datetime import date
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from flighttime import backtest
from flighttime import contenders
from flighttime import course
from flighttime import hindsight
from flighttime import settings
from flighttime import steps
from flighttime.backtest import Replay
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.years import Year

FIRST, LAST = date(2013, 4, 1), date(2013, 7, 4)
A_DAY = 1000
BASE = 8.0


class MadeUp(Year):
    """A thousand flights a day; a route median that errs by 8 minutes, and models that err as `erred` says."""

    def __init__(self, erred: Callable[[date, np.ndarray], np.ndarray]) -> None:
        days = pd.date_range("2013-01-01", LAST).as_unit("us").repeat(A_DAY)
        known = dict.fromkeys(FEATURES, 1.0) | {"carrier": "UA", "origin": "EWR", "dest": "IAH", "air_time": 100.0}
        super().__init__(pd.DataFrame({"date": days, "published": days + pd.Timedelta(days=1), **known}))
        self.erred = erred

    def errors(self, trained: date) -> np.ndarray:
        return self.erred(trained, (self.days - np.datetime64(trained)).astype(int))

    @property
    def median_errors(self) -> np.ndarray:
        return np.full(len(self.flights), BASE)


def ageing(a_day: float) -> MadeUp:
    """Models that err by so many minutes more each day."""
    return MadeUp(lambda trained, age: BASE + a_day * np.maximum(age, 0.0))


def decisions(this: Replay) -> list[str]:
    return [entry["decision"] for entry in this.ledger]


OURS = contenders.ratio()
ONE_ROUND = ["retrain", "trained", "PROMOTE", "on trial", "trial won", "released", "on probation", "confirmed"]


def test_models_that_age_are_replaced_and_each_time_it_helps() -> None:
    this = backtest.replay(ageing(0.1), OURS, FIRST)

    assert decisions(this)[:8] == ONE_ROUND
    assert len(this.entries("released")) >= 3
    assert hindsight.needless(this) == 0
    assert this.errors[this.year.between(FIRST, LAST)].mean() < this.year.errors(FIRST)[this.year.between(FIRST, LAST)].mean() - 1


def test_models_that_do_not_age_are_left_alone() -> None:
    assert backtest.replay(ageing(0.0), OURS, FIRST).ledger == []


def test_the_ledger_reads_like_that_of_production() -> None:
    this = backtest.replay(ageing(0.1), OURS, FIRST)

    assert course.of(this.ledger).step in (course.WATCH, course.TRIAL, course.PROBATION)
    assert course.of(this.ledger).refused == 0
    assert [entry["version"] for entry in this.entries("released")] == [entry["day"] for entry in this.entries("retrain")]


def test_on_a_day_only_what_was_published_by_then_counts() -> None:
    seen = []
    rule = backtest.Rule(lambda weeks, today, history: bool(seen.append((today, weeks))))

    backtest.replay(ageing(0.1), rule, FIRST)

    today, weeks = seen[1]
    assert (today, [week.first for week in weeks]) == (date(2013, 4, 15), [date(2013, 4, 1), date(2013, 4, 8)])
    assert [week.labels for week in weeks] == [7 * A_DAY, 7 * A_DAY]
    assert weeks[-1].mae == pytest.approx(BASE + 0.1 * (7 + 13) / 2)
    assert weeks[-1].certified == BASE


def test_a_challenger_that_fails_on_its_trial_is_not_released() -> None:
    def erred(trained: date, age: np.ndarray) -> np.ndarray:
        return BASE + 0.1 * np.maximum(age, 0.0) + (50.0 * (age >= 0) if trained > FIRST else 0.0)

    this = backtest.replay(MadeUp(erred), OURS, FIRST)

    assert decisions(this)[:5] == [*ONE_ROUND[:4], "trial lost"]
    assert this.champion == FIRST and hindsight.needless(this) == len(this.entries("retrain"))


def test_a_champion_that_fails_in_its_probation_goes_back() -> None:
    def erred(trained: date, age: np.ndarray) -> np.ndarray:
        return BASE + 0.1 * np.maximum(age, 0.0) + (50.0 * (age >= 2) if trained > FIRST else 0.0)

    this = backtest.replay(MadeUp(erred), OURS, FIRST)

    assert decisions(this)[:8] == [*ONE_ROUND[:7], "rolled back to"]
    assert this.entries("rolled back to")[0]["version"] == f"{FIRST}"
    after = date.fromisoformat(this.entries("rolled back to")[0]["day"])
    tomorrow = this.year.between(after, after + timedelta(days=1))
    assert (this.errors[tomorrow] == this.year.errors(FIRST)[tomorrow]).all()


def test_a_calendar_retrains_on_its_days_and_the_gate_refuses_what_is_no_better() -> None:
    this = backtest.replay(ageing(0.0), contenders.RULES["monthly"], FIRST)

    assert [entry["day"] for entry in this.entries("retrain")] == ["2013-05-01", "2013-06-01", "2013-07-01"]
    assert len(this.entries("TIE")) == 3 and hindsight.needless(this) == 3


def test_judgement_counts_stale_weeks_and_the_wait_for_what_answers_them() -> None:
    never, ours = (hindsight.judge(ageing(0.1), rule, FIRST) for rule in (contenders.RULES["never"], OURS))

    # After five days a model is more than half a minute behind: every week but the first one is stale.
    assert (never.stale, never.retrainings, never.days_to_act) == (12, 0, None)
    assert ours.stale < never.stale and ours.error < never.error and ours.worst_week < never.worst_week
    assert 7 <= ours.days_to_act <= 14


def test_a_threshold_on_the_error_takes_wind_for_rot() -> None:
    def windy(trained: date, age: np.ndarray) -> np.ndarray:
        june = (np.datetime64(trained) + age >= np.datetime64("2013-06-03")) & (np.datetime64(trained) + age < np.datetime64("2013-06-10"))
        return BASE + 4.0 * june

    class Windy(MadeUp):
        @property
        def median_errors(self) -> np.ndarray:
            return self.errors(FIRST)

    year = Windy(windy)

    assert hindsight.judge(year, contenders.RULES["error-1.25"], FIRST).needless == 1
    assert hindsight.judge(year, OURS, FIRST).retrainings == 0


def test_a_rule_on_drift_sees_what_is_asked_and_not_what_comes_of_it() -> None:
    asked, missed = ageing(0.0), ageing(0.1)
    later = asked.days >= np.datetime64("2013-05-20")
    asked.flights.loc[later & (asked.flights.index % 2 == 0), "dest"] = "LAX"

    moved, stale = (backtest.replay(year, contenders.RULES["drift-0.1"], FIRST) for year in (asked, missed))

    assert stale.ledger == []
    assert moved.entries("retrain")[0]["day"] == "2013-05-27"


def test_the_rule_of_the_settings_is_among_those_compared() -> None:
    assert f"ratio-{settings.tuned('policy')['threshold']}" in contenders.RULES


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(Refused, match="no rule 'hourly': choose among never, "):
        hindsight.compare(ageing(0.0), FIRST, ["hourly"])
    with pytest.raises(Refused, match="are no two weeks: choose an earlier --since"):
        hindsight.compare(ageing(0.0), date(2013, 6, 25), ["never"])
    with pytest.raises(Refused, match="nothing was ever released, .* --since"):
        hindsight.first_release()


def test_the_command_prints_a_line_for_each_rule_and_writes_the_numbers(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: str,
) -> None:
    monkeypatch.setattr(hindsight.ingest, "read", lambda: None)
    monkeypatch.setattr(hindsight, "Year", lambda table: ageing(0.1))
    command = ["hindsight", "--since", f"{FIRST}", "--rules", "never", "ratio-1.1", "--out", f"{tmp_path}/found.json"]
    monkeypatch.setattr("sys.argv", command)

    steps.run(hindsight.main, hindsight.parser())

    title, *lines = capsys.readouterr().out.splitlines()
    assert title.split()[0] == "rule" and [line.split()[0] for line in lines] == ["never", "ratio-1.1"]
    assert f"{hindsight.json.loads(open(f'{tmp_path}/found.json').read())['never']['error']:.2f}" == lines[0].split()[1]
