"""Interval and drift agree with their formulas, and are the same each time."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from groundcrew import stats

DRIFT_PSI = 0.2  # the customary limit


def test_whole_days_are_resampled() -> None:
    days = pd.Series(np.repeat(range(7), 1000))
    same_each_day = pd.Series(np.tile([5.0, -5.0], 3500))
    by_day = pd.Series(np.repeat([5.0, -5.0, 5.0, -5.0, 5.0, -5.0, 0.0], 1000))

    low, high = stats.mean_interval(by_day, days)

    assert stats.mean_interval(same_each_day, days) == (0, 0)
    assert low < -2 and high > 2
    assert stats.mean_interval(by_day, days) == (low, high)


def test_the_interval_agrees_with_an_independent_bootstrap() -> None:
    random = np.random.default_rng(7)
    days = pd.Series(random.integers(0, 20, 3000))
    effects = dict(enumerate(random.normal(0.5, 1, 20)))
    gains = days.map(effects) + random.normal(0, 3, 3000)
    by_day = [gains[days == day] for day in range(20)]

    draws = [random.integers(0, 20, 20) for _ in range(1000)]
    means = [np.mean(np.concatenate([by_day[day] for day in draw])) for draw in draws]

    expected = np.quantile(means, [0.025, 0.975])
    assert stats.mean_interval(gains, days) == pytest.approx(expected, abs=0.1)


def test_the_interval_agrees_with_scipy() -> None:
    random = np.random.default_rng(7)
    days = pd.Series(random.integers(0, 7, 3000))
    gains = pd.Series(random.normal(0.5, 3, 3000))
    by_day = gains.groupby(days).agg(["sum", "size"])

    expected = scipy_stats.bootstrap(
        (by_day["sum"], by_day["size"]),
        lambda minutes, flights, axis=-1: minutes.sum(axis=axis) / flights.sum(axis=axis),
        paired=True,
        n_resamples=2000,
        method="percentile",
        random_state=np.random.default_rng(0),
    ).confidence_interval

    assert stats.mean_interval(gains, days) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("gains", [[], [1.0, math.nan]])
def test_without_gains_there_is_no_interval(gains: list[float]) -> None:
    low, high = stats.mean_interval(pd.Series(gains, dtype="float64"), pd.Series([1] * len(gains)))

    assert math.isnan(low) and math.isnan(high)


def test_the_stability_index_agrees_with_its_formula() -> None:
    index = stats.psi({"UA": 60, "AA": 40}, {"UA": 30, "AA": 70})

    assert index == pytest.approx(0.3 * math.log(60 / 30) + 0.3 * math.log(70 / 40))


def test_a_new_value_gives_a_large_but_finite_index() -> None:
    index = stats.psi({"UA": 100}, {"UA": 50, "AA": 50})

    expected = (0.5 - 1) * math.log(0.5) + (0.5 - 1e-4) * math.log(0.5 / 1e-4)
    assert index == pytest.approx(expected)
    assert 0.2 < stats.psi({"UA": 100}, {"UA": 90, "AA": 10}) < index


def drift_of(before: pd.Series, now: pd.Series) -> dict[str, float | None]:
    reference = stats.profile(pd.DataFrame({"seats": before}))
    return stats.drift(reference, pd.DataFrame({"seats": now}), categories=[])["seats"]


def test_the_distance_of_numbers_agrees_with_scipy() -> None:
    random = np.random.default_rng(2013)
    before = pd.Series(random.normal(100, 10, 5000).round())
    now = pd.Series(random.normal(115, 10, 800))

    distance = drift_of(before, now)

    assert distance["ks"] == pytest.approx(scipy_stats.ks_2samp(before, now).statistic)
    assert distance["psi"] > DRIFT_PSI
    assert drift_of(before, before) == {"psi": 0.0, "ks": 0.0}


def test_values_that_are_missing_now_count_as_drift() -> None:
    seats = pd.Series([149.0] * 90 + [np.nan] * 10)

    distance = drift_of(seats, seats.where(seats.index < 50))

    assert distance["psi"] > DRIFT_PSI


@pytest.mark.parametrize("now", [[np.nan], [None, None]])
def test_a_column_without_values_has_no_ks_statistic(now: list) -> None:
    distance = drift_of(pd.Series([149.0, 150.0]), pd.Series(now, dtype="float64"))

    assert distance == {"psi": math.inf, "ks": None}


def test_no_rows_have_no_drift() -> None:
    assert stats.drift({"carrier": {"UA": 1}}, pd.DataFrame({"carrier": []}), ["carrier"]) == {}


def test_each_column_of_the_profile_is_compared() -> None:
    before = pd.DataFrame({"carrier": ["UA", None] * 50, "distance": np.arange(100.0)})
    now = before.assign(carrier=before["carrier"].fillna("AA"), distance=before["distance"] + 3)

    distances = stats.drift(stats.profile(before), now, ["carrier"])

    assert stats.profile(before)["carrier"] == {"UA": 50, "": 50}
    assert list(distances) == ["carrier", "distance"]
    assert distances["carrier"]["ks"] is None
    assert distances["carrier"]["psi"] > DRIFT_PSI > distances["distance"]["psi"] > 0


def test_the_numbers_of_many_keys_are_uniform() -> None:
    numbers = [stats.uniform(f"2013-03-01 UA{flight} EWR-IAH") for flight in range(5000)]

    assert all(0 <= number < 1 for number in numbers)
    assert scipy_stats.kstest(numbers, "uniform").pvalue > 0.01


def test_the_number_of_a_key_is_the_same_on_every_machine() -> None:
    key = "2013-03-01 UA1545 EWR-IAH"

    assert stats.uniform(key) == 0.8320625482349107
    assert stats.uniform(f"{key} ") != stats.uniform(key)
