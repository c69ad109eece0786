"""Each run says which code, data and settings made which model, and the registry gives that model back."""

import hashlib
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import mlflow
import pytest
from mlflow.entities import Run

from flighttime import settings
from flighttime import tracking
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.train import Trained

WATCHED = """
import os, sys

class Watch:
    def find_spec(self, name, path, target=None):
        if name == "mlflow":
            print(os.environ.get("MLFLOW_DISABLE_TELEMETRY"))
            sys.exit()

sys.meta_path.insert(0, Watch())
import flighttime.{module}
"""


@pytest.fixture
def record(settled: Path) -> Run:
    """The record of the run that made the version in production."""
    return tracking.store().get_run(tracking.find("1").run_id)


def test_the_record_names_code_data_and_environment(record: Run, today: date) -> None:
    requirements = (settings.ROOT / "requirements.txt").read_bytes()
    recorded = {name: record.data.tags[name] for name in ("today", "data_version", "requirements")}

    assert recorded == {
        "today": f"{today}",
        "data_version": "0",
        "requirements": hashlib.sha256(requirements).hexdigest(),
    }
    assert set(tracking.code_version()) <= set(record.data.tags)


def test_the_record_holds_every_setting(record: Run) -> None:
    assert record.data.params == {name: str(value) for name, value in tracking.flat_settings()}
    assert record.data.params["training.window_days"] == "59"


def test_the_record_holds_what_was_measured(record: Run) -> None:
    assert set(record.data.metrics) == {"trained_flights", "holdout_flights", "mae", "bias", "route_median_mae"}
    assert record.info.status == "FINISHED"


def test_the_model_says_what_goes_in_and_what_comes_out(settled: Path) -> None:
    about = mlflow.models.get_model_info(f"models:/{tracking.NAME}/1")

    assert about.signature.inputs.input_names() == FEATURES
    assert len(about.signature.outputs.inputs) == 1
    assert about.saved_input_example_info


def test_the_registry_gives_back_the_model_that_was_trained_to_the_last_bit(settled: Path, trained: Trained) -> None:
    flights = trained.holdout[FEATURES]

    assert tracking.load("1").predict(flights).tolist() == trained.pipeline.predict(flights).tolist()


def test_nothing_that_could_execute_is_stored(settled: Path) -> None:
    kept = {path.suffix for path in (settled / "artifacts").rglob("*") if path.is_file()}

    assert ".skops" in kept
    assert kept.isdisjoint({".pkl", ".pickle", ".joblib", ".cloudpickle", ".py"})


@pytest.mark.parametrize("version", ["2", "0", "-1", "1.0", "newest", ""])
def test_a_version_that_is_none_is_refused(settled: Path, version: str) -> None:
    with pytest.raises(Refused, match=f"there is no version '{version}' in the registry: .*flighttime.pipeline makes"):
        tracking.load(version)


def test_a_model_whose_files_are_gone_is_refused(settled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "download", lambda version: tmp_path)

    with pytest.raises(Refused, match="there is no model file .*model.skops: train one"):
        tracking.load("1")


def test_outside_a_checkout_the_record_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ROOT", tmp_path)

    assert tracking.code_version() == {"commit": "not in git", "changed": "unknown"}


def test_without_git_the_record_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert tracking.code_version() == {"commit": "not in git", "changed": "unknown"}


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_code_that_was_not_committed_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    (tmp_path / "model.py").write_text("first", encoding="utf-8")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init"], ["add", "."], ["commit", "-m", "first"]):
        subprocess.run([*git, *arguments], check=True, capture_output=True)

    committed = tracking.code_version()
    (tmp_path / "model.py").write_text("second", encoding="utf-8")
    edited = tracking.code_version()

    assert len(committed["commit"]) == 40
    assert (committed["changed"], edited["changed"]) == ("no", "yes")
    assert edited["commit"] == committed["commit"]


@pytest.mark.parametrize("module", ["pipeline", "app"])
def test_no_telemetry(module: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "MLFLOW_DISABLE_TELEMETRY"}
    command = [sys.executable, "-c", WATCHED.format(module=module)]

    watched = subprocess.run(command, cwd=settings.ROOT, env=environment, capture_output=True, text=True)

    assert watched.stdout == "true\n"
