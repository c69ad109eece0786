"""Training learns from the past, is measured on what came after, and gives the same model every time."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error

from flighttime import model
from flighttime import production
from flighttime import score
from flighttime import train
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.features import TARGET


def test_the_holdout_is_strictly_later_than_what_was_learned_from(trained: train.Trained) -> None:
    assert trained.rows["date"].max() == pd.Timestamp("2013-02-21")
    assert trained.holdout["date"].min() == pd.Timestamp("2013-02-22")
    assert set(trained.rows["flight_id"]).isdisjoint(trained.holdout["flight_id"])


def test_only_landed_flights_are_learned_from_and_measured_on(trained: train.Trained) -> None:
    assert trained.rows[TARGET].notna().all()
    assert trained.holdout[TARGET].notna().all()


def test_the_window_has_a_beginning(table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, today: date) -> None:
    monkeypatch.setattr(train.settings, "tuned", lambda section: {"window_days": 10, "holdout_days": 3})

    rows, holdout = train.split(table, today)

    assert (rows["date"].min(), rows["date"].max()) == (pd.Timestamp("2013-02-16"), pd.Timestamp("2013-02-25"))
    assert holdout["date"].nunique() == 3


def test_a_table_that_goes_on_changes_nothing_for_an_earlier_day(table: pd.DataFrame) -> None:
    earlier = date(2013, 2, 20)
    as_it_was = table[table["published"] <= pd.Timestamp(earlier)].reset_index(drop=True)

    rows, holdout = train.split(table, earlier)

    rows_then, holdout_then = train.split(as_it_was, earlier)
    assert rows["flight_id"].tolist() == rows_then["flight_id"].tolist()
    assert holdout["flight_id"].tolist() == holdout_then["flight_id"].tolist()


def test_training_twice_gives_the_same_model_to_the_last_bit(trained: train.Trained, measured: dict) -> None:
    assert measured["model_digest"] == model.digest(trained.pipeline)


def test_the_order_of_the_columns_does_not_matter(trained: train.Trained) -> None:
    flights = trained.holdout[FEATURES].head(100)

    assert trained.pipeline.predict(flights[FEATURES[::-1]]).tolist() == trained.pipeline.predict(flights).tolist()


@pytest.mark.parametrize(
    ("too_early", "days"),
    [(date(2013, 1, 5), "training"), (date(2013, 1, 1), "training"), (date(2014, 1, 1), "training")],
    ids=str,
)
def test_a_day_without_flights_to_learn_from_is_refused(table: pd.DataFrame, too_early: date, days: str) -> None:
    with pytest.raises(Refused, match=f"the {days} days: run python -m flighttime.ingest, or choose another --today"):
        train.split(table, too_early)


def test_a_day_without_flights_to_measure_on_is_refused(table: pd.DataFrame) -> None:
    with pytest.raises(Refused, match="no flight landed from 2013-03-03 to 2013-03-10, the holdout days"):
        train.split(table, date(2013, 3, 10))


def test_what_was_measured_agrees_with_scikit_learn(
    trained: train.Trained,
    table: pd.DataFrame,
    today: date,
) -> None:
    metrics = train.evaluate(trained, train.measure(trained, table, today))

    expected = mean_absolute_error(trained.holdout[TARGET], trained.pipeline.predict(trained.holdout[FEATURES]))
    assert metrics["mae"] == pytest.approx(expected, abs=1e-12)
    assert metrics["holdout_flights"] == len(trained.holdout)
    assert metrics["trained_flights"] == len(trained.rows)
    assert metrics["route_median_mae"] < 10


def test_an_error_of_ten_minutes_is_measured_as_ten_minutes(
    trained: train.Trained,
    table: pd.DataFrame,
    today: date,
) -> None:
    late = replace(trained, holdout=trained.holdout.assign(air_time=trained.pipeline.predict(trained.holdout) - 10))

    metrics = train.evaluate(late, train.measure(late, table, today))

    assert metrics["mae"] == pytest.approx(10)
    assert metrics["bias"] == pytest.approx(10)


def test_samples_come_out_as_promised(promised: pd.DataFrame, settled: Path) -> None:
    scored = score.score(promised.drop(columns="minutes"), production.current())

    assert len(scored) == 20
    pd.testing.assert_series_equal(scored["minutes"], promised["minutes"], rtol=0, atol=1e-9)


def test_what_was_measured_is_written_down(
    measured: dict,
    trained: train.Trained,
    table: pd.DataFrame,
    today: date,
) -> None:
    assert measured == train.evaluate(trained, train.measure(trained, table, today))
