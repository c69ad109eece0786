"""What is handed over is complete: a model, what was measured, a picture, and samples that prove the model."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from flighttime import handoff
from flighttime import model
from flighttime import plots
from flighttime import train
from flighttime.errors import Refused
from flighttime.features import FEATURES


@pytest.fixture(scope="module")
def errors(trained: train.Trained, table: pd.DataFrame) -> pd.DataFrame:
    return train.measure(trained, table, date(2013, 3, 1))


@pytest.fixture(scope="module")
def folder(trained: train.Trained, errors: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handoff.write(trained, {"mae": 8.25}, errors, tmp_path_factory.mktemp("given") / "folder")


def test_it_holds_the_model_and_what_was_measured(folder: Path, trained: train.Trained) -> None:
    assert model.digest(model.load(folder / "model.skops")) == model.digest(trained.pipeline)
    assert json.loads((folder / "metrics.json").read_text(encoding="utf-8")) == {"mae": 8.25}
    assert (folder / "errors.png").read_bytes().startswith(b"\x89PNG")


def test_its_samples_prove_the_model(folder: Path) -> None:
    inputs, outputs = pd.read_csv(folder / "sample_inputs.csv"), pd.read_csv(folder / "sample_outputs.csv")

    minutes = model.load(folder / "model.skops").predict(inputs[FEATURES])

    assert len(inputs) == 20
    assert inputs["flight_id"].tolist() == outputs["flight_id"].tolist()
    assert minutes.tolist() == pytest.approx(outputs["minutes"].tolist(), abs=1e-9)


def test_half_of_it_is_never_seen(
    trained: train.Trained,
    errors: pd.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plots, "draw", None)

    with pytest.raises(TypeError):
        handoff.write(trained, {}, errors, tmp_path / "folder")

    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_a_persons_own_is_not_written_over(tmp_path: Path) -> None:
    arguments = train.parser().parse_args(["--today", "2013-03-01", "--out", str(tmp_path)])

    with pytest.raises(Refused, match="exists already, and is not written over: name a folder that does not"):
        train.main(arguments)
