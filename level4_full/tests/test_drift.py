"""How far inputs are from what was learned agrees with the formulas, is looked up once, and names what moved."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from flighttime import drift
from flighttime import ingest
from flighttime.features import FEATURES


def test_psi_agrees_with_its_formula() -> None:
    found = drift.psi({"UA": 60, "AA": 40}, {"UA": 30, "AA": 70})

    assert found == pytest.approx(0.3 * math.log(60 / 30) + 0.3 * math.log(70 / 40))


def test_what_was_never_seen_is_far_but_not_infinitely() -> None:
    found = drift.psi({"UA": 100}, {"UA": 50, "AA": 50})

    assert found == pytest.approx((0.5 - 1) * math.log(0.5) + (0.5 - 1e-4) * math.log(0.5 / 1e-4))
    assert 0.2 < drift.psi({"UA": 100}, {"UA": 90, "AA": 10}) < found


def test_numbers_are_as_far_apart_as_scipy_says() -> None:
    random = np.random.default_rng(2013)
    learned, now = pd.Series(random.normal(100, 10, 5000).round()), pd.Series(random.normal(115, 10, 800))

    found = drift.distance(drift.counted(learned), now, codes=False)

    assert found["ks"] == pytest.approx(stats.ks_2samp(learned, now).statistic)
    assert found["psi"] > drift.MOVED > drift.distance(drift.counted(learned), learned, codes=False)["psi"] == 0


def test_what_nobody_knows_any_more_counts_as_moved() -> None:
    seats = pd.Series([149.0] * 90 + [np.nan] * 10)

    found = drift.distance(drift.counted(seats), seats.where(seats.index < 50), codes=False)

    assert found["psi"] > drift.MOVED


@pytest.mark.parametrize("now", [[], [None, None]])
def test_nothing_to_compare_is_no_error(now: list) -> None:
    found = drift.distance(drift.counted(pd.Series([149.0, 150.0])), pd.Series(now, dtype="float64"), codes=False)

    assert found["ks"] is None


def test_production_is_compared_with_what_its_version_learned_from(
    settled: Path,
    table: pd.DataFrame,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learned = table[table["date"].between("2013-01-01", "2013-02-21") & table["air_time"].notna()]
    answers = learned.sample(2000, random_state=1)[FEATURES].assign(minutes=150.0)

    same = drift.of(answers.drop(columns="minutes").assign(minutes=learned["air_time"]), "1")
    monkeypatch.setattr(ingest, "read", lambda *given, **named: pytest.fail("it was looked up already"))
    far = drift.of(answers.assign(origin="EWR", distance=answers["distance"] * 2), "1")

    assert [*same] == [*FEATURES, "minutes"]
    assert drift.moved(same) == []
    assert sorted(drift.moved(far)) == ["distance", "minutes", "origin"]
    assert same["carrier"]["ks"] is None and far["distance"]["ks"] > 0.2


def test_without_a_record_of_the_training_nothing_is_said() -> None:
    assert drift.of(pd.DataFrame({"carrier": ["UA"]}), "7") == {}
