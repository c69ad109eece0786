"""A run is found again, the registry gives its model back to the last bit, and nothing leaves this machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_the_registry_gives_back_the_model_that_was_trained_to_the_last_bit(settled: Path, trained: Trained) -> None:
    flights = trained.holdout[FEATURES]

    assert tracking.load("1").predict(flights).tolist() == trained.pipeline.predict(flights).tolist()


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://127.0.0.1:none", "http://"])
def test_a_registry_that_nobody_answers_for_is_named_at_once(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)

    with pytest.raises(Refused, match=f"the registry {address} is out of reach .*: see that it runs"):
        tracking.find("1")


def test_a_password_is_told_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://kim:sesame@127.0.0.1:1")

    with pytest.raises(Refused, match="the registry http://127.0.0.1:1 is") as refusal:
        tracking.find("1")

    assert "sesame" not in str(refusal.value)


@pytest.mark.parametrize("version", ["2", "0", "-1", "1.0", "newest", ""])
def test_a_version_that_is_none_is_refused(settled: Path, version: str) -> None:
    with pytest.raises(Refused, match=f"there is no version '{version}' in the registry: .*flighttime.pipeline makes"):
        tracking.load(version)


def test_a_model_whose_files_are_gone_is_refused(settled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "download", lambda version: tmp_path)

    with pytest.raises(Refused, match="there is no model file .*model.skops: train one"):
        tracking.load("1")


def test_a_run_is_found_by_its_id_and_by_its_version(settled: Path) -> None:
    run_id = tracking.find("1").run_id

    assert tracking.get("1").info.run_id == run_id
    assert tracking.get(run_id).info.run_id == run_id


@pytest.mark.parametrize("name", [32 * "0", "a name that is no id"])
def test_a_run_that_is_none_is_refused(settled: Path, name: str) -> None:
    with pytest.raises(Refused, match=f"there is no run '{name}' on record: give the whole id of one, or a version's number"):
        tracking.get(name)


@pytest.mark.parametrize("module", ["facts", "tracking"])
def test_no_telemetry(module: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "MLFLOW_DISABLE_TELEMETRY"}
    command = [sys.executable, "-c", WATCHED.format(module=module)]

    watched = subprocess.run(command, cwd=settings.ROOT, env=environment, capture_output=True, text=True)

    assert watched.stdout == "true\n"
