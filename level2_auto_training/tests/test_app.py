"""Serving: one answer for a flight by file, by command and over HTTP, from one model."""

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from flighttime import app
from flighttime import deploy
from flighttime import score
from flighttime import serving
from flighttime.features import FEATURES
from flighttime.model import Trained
from groundcrew import application
from groundcrew import settings
from groundcrew.errors import UserError


@pytest.fixture
def flights(trained: Trained) -> pd.DataFrame:
    """Flights with the minutes that the model predicts for them."""
    flights = trained.holdout[["flight_id", *FEATURES]].dropna().tail(50)
    return flights.assign(expected=trained.pipeline.predict(flights[FEATURES]))


@pytest.mark.parametrize("name", FEATURES)
def test_a_missing_column_is_named(flights: pd.DataFrame, name: str) -> None:
    with pytest.raises(UserError, match=f"^missing {name}: every flight needs carrier, origin, "):
        score.INPUTS.check(flights.drop(columns=name))


@pytest.mark.parametrize(("name", "rule"), [("distance", "a number"), ("carrier", "a code")])
def test_a_wrong_value_is_refused(flights: pd.DataFrame, name: str, rule: str) -> None:
    with pytest.raises(UserError, match=rf"^{name} holds \S+, not {rule}: give "):
        score.INPUTS.check(flights.assign(**{name: "" if rule == "a code" else "far"}))


def test_a_file_is_scored_by_command(flights: pd.DataFrame, tmp_path: Path) -> None:
    flights.to_csv(tmp_path / "flights.csv", index=False)
    files = [tmp_path / "flights.csv", "--out", tmp_path / "minutes.csv"]

    subprocess.run([sys.executable, "-m", "flighttime.score", *files], check=True)

    scored = pd.read_csv(tmp_path / "minutes.csv", dtype={"model": str})
    assert scored["minutes"].tolist() == pytest.approx([*flights["expected"]])
    assert set(scored["model"]) == {serving.load().version}


def test_the_timetable_of_a_day_is_scored(tmp_path: Path) -> None:
    score.main(day=date(2013, 2, 1), out=tmp_path / "minutes.parquet")

    scored = pd.read_parquet(tmp_path / "minutes.parquet")
    assert len(scored) > 900 and scored["minutes"].between(15, 700).all()


def test_one_flight_is_scored(flights: pd.DataFrame, capsys: pytest.CaptureFixture) -> None:
    score.main(flight=flights.iloc[0].to_json())

    assert f"minutes: {flights['expected'].iloc[0]:.1f}\n" in capsys.readouterr().out


def test_the_application_answers_as_the_model_does(flights: pd.DataFrame) -> None:
    rows = flights[FEATURES].to_dict("records")

    answer = TestClient(app.create()).post("/predict", json=rows).json()

    assert [row["minutes"] for row in answer["answers"]] == pytest.approx([*flights["expected"]])
    assert answer["model"] == serving.current().version


def test_without_a_model_the_application_is_not_ready(empty_state: Path) -> None:
    response = TestClient(app.create()).get("/health/ready")

    assert response.status_code == 503
    assert response.json()["detail"].startswith("no model is in production: ")


def test_this_application_is_deployed() -> None:
    version = deploy.deploy()

    assert application.current().name == version == application.content_version()


def test_a_broken_application_is_not_deployed(
    empty_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(settings.root(), tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(settings, "root", lambda: tmp_path)
    module = tmp_path / "flighttime" / "app.py"
    working = deploy.deploy()
    module.write_text("import no_such_package", encoding="utf-8")

    with pytest.raises(UserError, match="be imported .*no_such_package.*nothing was deployed"):
        deploy.deploy()

    assert application.current().name == working
