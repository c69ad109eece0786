"""Each run says which code, data, settings and packages made which model, and how good it was."""

import hashlib
import platform
from datetime import date
from importlib import metadata
from io import BytesIO
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from mlflow.entities import Run

from flighttime import checkout
from flighttime import ingest
from flighttime import model
from flighttime import plots
from flighttime import record
from flighttime import settings
from flighttime import tracking
from flighttime import train
from flighttime.features import FEATURES


@pytest.fixture
def run(settled: Path) -> Run:
    """The record of the run that made the version in production."""
    return tracking.get("1")


@pytest.fixture(scope="module")
def errors(trained: train.Trained, table: pd.DataFrame) -> pd.DataFrame:
    return train.measure(trained, table, date(2013, 3, 1))


def test_it_names_the_data_and_the_day(run: Run, today: date) -> None:
    rows = ingest.read(0, since=train.first_day(today))

    assert (run.data.tags["today"], run.data.tags["data_version"]) == (f"{today}", "0")
    assert run.data.tags["data_digest"] == ingest.digest(rows)


def test_it_names_the_packages_and_the_machine(run: Run) -> None:
    requirements = (settings.ROOT / "requirements.txt").read_bytes()

    assert run.data.tags["requirements"] == hashlib.sha256(requirements).hexdigest()
    assert run.data.tags["python"] == platform.python_version()
    assert run.data.tags["platform"] == platform.platform()
    assert f"numpy {metadata.version('numpy')}, pandas {pd.__version__}, " in run.data.tags["numerics"]


def test_it_holds_every_setting(run: Run) -> None:
    recorded = {(name.partition(".")[0], name.partition(".")[2]): value for name, value in run.data.params.items()}

    assert recorded.keys() == {(section, name) for section, values in settings.all_tuned().items() for name in values}
    assert recorded["training", "window_days"] == "59"


def test_settings_of_every_kind_are_written_so_that_they_can_be_read() -> None:
    tuned = {"a": {"text": 'with "quotes"', "number": 1.5, "list": [1, 2], "switch": True}}

    assert dict(record.flat(tuned)) == {"a.text": '"with \\"quotes\\""', "a.number": "1.5", "a.list": "[1, 2]", "a.switch": "true"}


def test_it_holds_what_was_measured_overall_and_by_slice(run: Run) -> None:
    assert {"trained_flights", "holdout_flights", "mae", "bias", "route_median_mae"} <= set(run.data.metrics)
    assert {"mae/carrier/UA", "flights/carrier/UA", "mae/origin/JFK", "mae/miles/0-500"} <= set(run.data.metrics)
    assert run.info.status == "FINISHED"


def test_it_names_the_model_by_its_content(run: Run, trained: train.Trained) -> None:
    assert run.data.tags["model_digest"] == model.digest(tracking.load("1")) == model.digest(trained.pipeline)


def test_it_shows_the_errors(run: Run, errors: pd.DataFrame, tmp_path: Path) -> None:
    drawn = BytesIO()
    plots.draw(errors).savefig(drawn)

    shown = tracking.store().download_artifacts(run.info.run_id, "errors.png", str(tmp_path))

    assert Path(shown).read_bytes() == drawn.getvalue()


def test_the_model_says_what_goes_in_and_what_comes_out(settled: Path) -> None:
    about = mlflow.models.get_model_info(f"models:/{tracking.NAME}/1")

    assert about.signature.inputs.input_names() == FEATURES
    assert len(about.signature.outputs.inputs) == 1
    assert about.saved_input_example_info
    assert about.run_id == tracking.find("1").run_id


def test_mlflow_itself_can_ask_the_model(settled: Path, trained: train.Trained) -> None:
    flights = trained.holdout[FEATURES].head()

    asked = mlflow.pyfunc.load_model(f"models:/{tracking.NAME}/1")

    assert asked.predict(flights).tolist() == trained.pipeline.predict(flights).tolist()


def test_nothing_that_could_execute_is_stored(settled: Path) -> None:
    kept = {path.suffix for path in (settled / "artifacts").rglob("*") if path.is_file()}

    assert ".skops" in kept
    assert kept.isdisjoint({".pkl", ".pickle", ".joblib", ".cloudpickle", ".py"})


def test_it_names_the_code(
    fresh: Path,
    trained: train.Trained,
    errors: pd.DataFrame,
    today: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checkout, "version", lambda: {"commit": "c0ffee", "changed": "flighttime/model.py"})

    tags = tracking.get(record.write(trained, {"mae": 8.0}, errors, 0, today)).data.tags

    assert (tags["commit"], tags["changed"]) == ("c0ffee", "flighttime/model.py")


def test_what_fails_is_on_record_as_failed(
    fresh: Path,
    trained: train.Trained,
    errors: pd.DataFrame,
    today: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plots, "draw", None)

    with pytest.raises(TypeError):
        record.write(trained, {"mae": 8.0}, errors, 0, today)

    (run,) = tracking.store().search_runs([tracking.store().get_experiment_by_name(tracking.NAME).experiment_id])
    assert run.info.status == "FAILED"
