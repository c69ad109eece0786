"""The prediction log: every answer is on record before it is given, and a shadow's beside it."""

import sqlite3
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from flighttime import app
from flighttime import shadow
from groundcrew import registry

FLIGHT = {"carrier": "UA", "origin": "EWR", "dest": "IAH", "distance": 1400, "sched_dep_min": 317}


@pytest.fixture
def log(candidate: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file of an empty prediction log; version 2 is the shadow of version 1."""
    shadow.begin(shadow.LoopState(version="2"), date(2013, 2, 22))
    registry.set_shadow("2")
    monkeypatch.setenv("FLIGHTTIME_OBSERVED", f"sqlite:///{tmp_path}/log.db")
    return tmp_path / "log.db"


def logged(log: Path, role: str) -> pd.DataFrame:
    query = "SELECT * FROM predictions WHERE role = ? ORDER BY number"
    return pd.read_sql_query(query, sqlite3.connect(log), params=[role])


def test_each_answer_is_recorded_and_a_shadow_beside_it_that_answers_none(log: Path) -> None:
    flights = [{"flight_id": f"{number}", **FLIGHT} for number in range(5)]

    response = TestClient(app.create()).post("/predict", json=flights)

    answers = pd.DataFrame(response.json()["answers"])
    champion, shadow = logged(log, "champion"), logged(log, "shadow")
    pd.testing.assert_frame_equal(champion[[*answers]], answers, check_dtype=False)
    assert (set(champion["model"]), set(shadow["model"])) == ({"1"}, {"2"})
    assert shadow["flight_id"].tolist() == [flight["flight_id"] for flight in flights]


def test_an_answer_that_cannot_be_recorded_is_not_given(log: Path) -> None:
    log.mkdir()

    response = TestClient(app.create()).post("/predict", json=FLIGHT)

    assert (response.status_code, "use the prediction store" in response.text) == (503, True)
