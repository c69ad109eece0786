"""What is on record is told in words, section by section, also where an older record has less of it."""

from pathlib import Path

import pytest
from mlflow.entities import Run

from flighttime import facts
from flighttime import production
from flighttime import tracking


@pytest.fixture
def run(settled: Path) -> Run:
    return tracking.get("1")


def test_it_tells_how_good_the_model_was(run: Run) -> None:
    told = facts.on_record(run)

    assert told["Measured"] == {
        "Mean error": "8.39 minutes",
        "Mean error of the route's median": "7.84 minutes",
        "Mean of errors with their sign": "+0.94 minutes",
        "Measured on": "6,200 flights of the days after",
    }
    assert told["Mean error by slice"]["origin/JFK"] == "8.85 minutes, 2,090 flights"


def test_slices_come_in_the_order_of_their_miles(run: Run) -> None:
    miles = [name for name in facts.on_record(run)["Mean error by slice"] if name.startswith("miles/")]

    assert miles == ["miles/0-500", "miles/500-1000", "miles/1000-2000", "miles/2000-6000"]


def test_it_tells_what_the_model_was_made_from(run: Run) -> None:
    told = facts.on_record(run)

    assert told["Made from"]["Trained on"] == "43,770 flights, 2013-01-01 to 2013-02-21"
    assert told["Made from"]["Data version"] == "0"
    assert told["Made from"]["Data"] == f"SHA-256 {run.data.tags['data_digest'][:12]}…"
    assert told["Made from"]["Run"] == run.info.run_id
    assert told["Settings"]["training.window_days"] == "59"


def test_where_a_server_keeps_the_record_its_address_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://records.example:5000")

    assert facts.where(run) == f"http://records.example:5000/#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}"


def test_what_an_older_record_lacks_is_said_to_be_lacking(run: Run) -> None:
    for name in ("data_digest", "trained_until"):
        del run.data.tags[name]
    del run.data.metrics["bias"]

    told = facts.on_record(run)

    assert told["Measured"]["Mean of errors with their sign"] == "not on record"
    assert told["Measured"]["Mean error"] == "8.39 minutes"
    assert told["Made from"]["Data"] == told["Made from"]["Trained on"] == "not on record"


def test_the_page_shows_what_is_known_of_the_version_that_answers(settled: Path) -> None:
    told = production.record(production.current())

    assert {"In short", "Measured", "Mean error by slice", "Made from", "Settings"} <= told.keys()
    assert told["In short"]["Version"] == "1"
    assert told["In short"]["Trained on"] == told["Made from"]["Trained on"]
