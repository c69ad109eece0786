"""Training: deterministic, measured on later days, and handed off with a proof."""

import copy
from collections import defaultdict
from datetime import date
from pathlib import Path
from statistics import median

import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error

from flighttime import baseline
from flighttime import handoff
from flighttime import metrics
from flighttime import model
from flighttime import train
from flighttime.features import FEATURES
from flighttime.features import TARGET
from flighttime.model import Trained
from groundcrew import model_files
from groundcrew.errors import UserError


def test_the_same_rows_give_the_same_model(trained: Trained) -> None:
    again = model.build().fit(trained.rows[FEATURES], trained.rows[TARGET])

    assert model.digest(again) == model.digest(trained.pipeline)


@pytest.mark.parametrize("column", ["value", "num_threshold", "feature_idx"])
def test_the_smallest_change_of_a_tree_changes_the_digest(trained: Trained, column: str) -> None:
    changed = copy.deepcopy(trained.pipeline)

    changed["trees"]._predictors[7][0].nodes[column][3] += 1

    assert model.digest(changed) != model.digest(trained.pipeline)


def test_unknown_codes_and_missing_numbers_are_answered(trained: Trained) -> None:
    unknown = {"carrier": "??", "dest": "??", "seats": float("nan")}

    minutes = trained.pipeline.predict(trained.holdout[FEATURES].assign(**unknown))

    assert ((minutes > 10) & (minutes < 700)).all()


def test_the_holdout_is_later_than_every_training_day(trained: Trained) -> None:
    assert trained.rows["date"].max() < pd.Timestamp("2013-01-25") <= trained.holdout["date"].min()


def test_flights_published_later_do_not_change_a_split(table: pd.DataFrame) -> None:
    past, day = table[table["published"] <= "2013-01-20"], date(2013, 1, 20)

    for rows, rows_then in zip(train.split(table, day), train.split(past, day), strict=True):
        pd.testing.assert_frame_equal(rows, rows_then)


def test_a_day_without_flights_to_learn_from_is_refused(table: pd.DataFrame) -> None:
    with pytest.raises(UserError, match="no flight landed .* run python -m flighttime.ingest"):
        train.split(table, date(2013, 1, 1))


def test_the_model_is_measured_on_the_holdout(trained: Trained, table: pd.DataFrame) -> None:
    numbers = train.evaluate(trained, train.measure(trained, table, date(2013, 2, 1)))

    truth, minutes = trained.holdout[TARGET], trained.pipeline.predict(trained.holdout[FEATURES])
    assert numbers["mae"] == pytest.approx(mean_absolute_error(truth, minutes))
    assert numbers["bias"] == pytest.approx(minutes.mean() - truth.mean())


@pytest.mark.parametrize(("flights", "reported"), [(49, False), (50, True)])
def test_the_error_of_a_slice_needs_fifty_flights(flights: int, reported: bool) -> None:
    errors = {"carrier": "VX", "origin": "JFK", "distance": 2475, "error": [2.0, -2.0] * 25}

    found = metrics.by_slice(pd.DataFrame(errors).head(flights))

    assert (found.get("mae/miles/2000-6000") == 2.0) is reported


def test_the_baseline_is_the_median_of_the_route(table: pd.DataFrame) -> None:
    by_route = defaultdict(list)
    recent = table[(table["date"] >= "2013-01-11") & (table["published"] <= "2013-01-25")]
    for flight in recent.dropna(subset=[TARGET]).itertuples():
        by_route[flight.origin, flight.dest].append(flight.air_time)
    routes = pd.DataFrame(by_route.keys(), columns=["origin", "dest"]).assign(distance=1.0)

    minutes = baseline.route_median(table, date(2013, 1, 25), routes)

    assert minutes.tolist() == [median(times) for times in by_route.values()]


def test_a_hand_off_proves_its_model(trained: Trained, table: pd.DataFrame, tmp_path: Path) -> None:
    errors = train.measure(trained, table, date(2013, 2, 1))

    folder = handoff.write(trained, {"mae": 8.25}, errors, tmp_path / "model")

    inputs, outputs = (pd.read_csv(folder / f"sample_{name}.csv") for name in ("inputs", "outputs"))
    pipeline = model_files.load(folder / "model.skops", model.TRUSTED)
    assert outputs["minutes"].tolist() == pytest.approx(pipeline.predict(inputs[FEATURES]))


@pytest.mark.parametrize("needed", model.TRUSTED)
def test_every_trusted_type_is_needed(trained: Trained, tmp_path: Path, needed: str) -> None:
    model_files.save(trained.pipeline, tmp_path / "model.skops")
    others = [name for name in model.TRUSTED if name != needed]

    with pytest.raises(UserError, match=needed):
        model_files.load(tmp_path / "model.skops", others)
