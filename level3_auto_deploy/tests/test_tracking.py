"""Tracking: the record of a run says what made its model, and guards the model."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from flighttime import ingest
from flighttime import model
from flighttime import tracking
from flighttime import train
from flighttime.features import FEATURES
from flighttime.model import Trained
from groundcrew import model_files
from groundcrew import provenance
from groundcrew import registry
from groundcrew import tables
from groundcrew.errors import UserError


def test_the_record_names_code_day_and_data() -> None:
    tags = registry.run("1").data.tags

    rows = ingest.TABLE.read(version=0, since=train.first_day(date(2013, 2, 1)))
    assert (tags["today"], tags["data_version"]) == ("2013-02-01", "0")
    assert tags["data_digest"] == tables.digest(rows)
    assert {"commit", "changed", *provenance.environment()} <= tags.keys()


def test_the_record_holds_settings_errors_and_the_model(trained: Trained) -> None:
    run = registry.run("1").data

    assert run.params["training.window_days"] == "59"
    assert {"mae", "bias", "route_median_mae", "mae/carrier/UA"} <= run.metrics.keys()
    assert run.tags["model_digest"] == model.digest(trained.pipeline)


def test_the_run_keeps_its_holdout(trained: Trained) -> None:
    holdout = pd.read_parquet(registry.download("1", "holdout.parquet"))

    assert holdout["flight_id"].tolist() == trained.holdout["flight_id"].tolist()
    assert holdout["error"].abs().mean() == registry.run("1").data.metrics["mae"]


def test_the_registry_gives_the_model_back_bit_by_bit(trained: Trained) -> None:
    loaded = tracking.load("1")

    flights = trained.holdout[FEATURES]
    assert loaded.predict(flights).tobytes() == trained.pipeline.predict(flights).tobytes()


def test_a_tampered_model_file_is_refused(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = model.build().fit(trained.rows[FEATURES].head(100), trained.rows["air_time"].head(100))
    model_files.save(other, tmp_path / "model.skops")
    monkeypatch.setattr(registry, "download", lambda version, artifact: tmp_path)

    with pytest.raises(UserError, match="is not the model that was recorded: train again"):
        tracking.load("1")
