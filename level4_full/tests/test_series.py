"""Weeks are kept as they were measured last: in the store, in one run of the record, and for Prometheus."""

from dataclasses import replace
from datetime import date

import pytest
from mlflow.entities import Run
from prometheus_client import generate_latest

from flighttime import series
from flighttime import store
from flighttime import tracking
from flighttime.monitor import Week

FIRST, SECOND = (
    Week(
        date(2013, 3, day),
        6500,
        6000,
        mae=9.0,
        bias=-1.5,
        route_median_mae=7.5,
        versions={"1": 6000, "2": 500},
        slices={"origin/EWR": 8.5},
        drift={"seats": {"psi": 0.3, "ks": 0.1}, "carrier": {"psi": 0.01, "ks": None}},
    )
    for day in (4, 11)
)


def runs() -> list[Run]:
    client = tracking.store()
    return client.search_runs([client.get_experiment_by_name(tracking.NAME).experiment_id], "attributes.run_name = 'production'")


def history(name: str) -> list[tuple[int, float]]:
    (run,) = runs()
    return [(one.step, one.value) for one in tracking.store().get_metric_history(run.info.run_id, name)]


def test_weeks_are_kept_as_they_can_be_told() -> None:
    series.store([SECOND, FIRST])

    first, second = series.stored(5)

    assert (first["first"], second["first"]) == ("2013-03-04", "2013-03-11")
    assert (first["ratio"], first["coverage"], first["over_certified"]) == (1.2, 6000 / 6500, None)
    assert first["drift"] == FIRST.drift and first["p99_ms"] is None
    assert series.stored(1) == [second]


def test_a_week_that_is_measured_anew_takes_its_place() -> None:
    series.store([FIRST, SECOND])
    series.store([replace(FIRST, mae=6.0), SECOND])

    assert [week["mae"] for week in series.stored(5)] == [6.0, 9.0]


def test_one_run_on_record_has_a_step_a_week_and_nothing_twice() -> None:
    for _ in range(2):
        series.store([FIRST, SECOND])
    series.store([replace(FIRST, mae=6.0), SECOND])

    week = date(2013, 3, 4).toordinal() // 7
    assert sorted(history("mae")) == [(week, 6.0), (week, 9.0), (week + 1, 9.0)]
    assert history("psi/seats") == [(week, 0.3), (week + 1, 0.3)]
    assert history("mae/origin/EWR") == [(week, 8.5), (week + 1, 8.5)]
    assert "ks/carrier" not in runs()[0].data.metrics


def test_what_could_not_be_put_on_record_is_measured_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(series, "log", interrupt)
        series.store([FIRST])

    assert series.stored(1) == []
    series.store([FIRST])
    assert [value for _, value in history("mae")] == [9.0]


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_days_are_kept_apart_from_weeks() -> None:
    series.store([FIRST, replace(FIRST, days=1, mae=4.0)])

    assert [week["mae"] for week in series.stored(5)] == [9.0]
    assert [day["mae"] for day in series.stored(5, days=1)] == [4.0]
    assert history("day/mae") == [(date(2013, 3, 4).toordinal(), 4.0)]


def test_prometheus_is_told_the_newest_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series, "SECONDS_KEPT", 0)
    series.store([FIRST, replace(SECOND, mae=6.0)])

    told = generate_latest(series.REGISTRY).decode().splitlines()

    assert "flighttime_week_mae 6.0" in told
    assert 'flighttime_week_versions{model="2"} 500.0' in told
    assert 'flighttime_week_slice_mae{slice="origin/EWR"} 8.5' in told
    assert 'flighttime_week_drift{input="seats",statistic="psi"} 0.3' in told
    assert not [line for line in told if line.startswith("flighttime_week_p99_ms")]


def test_where_the_store_is_lost_prometheus_is_told_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series, "SECONDS_KEPT", 0)
    store.file_of(store.address()).mkdir(parents=True)

    assert "flighttime_week_mae" not in generate_latest(series.REGISTRY).decode()
