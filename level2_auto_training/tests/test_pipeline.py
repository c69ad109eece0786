"""One command trains: it takes what is new, refuses what is broken, and gives each model a version."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from flighttime import ingest
from flighttime import pipeline
from flighttime import settings
from flighttime import tracking
from flighttime import train
from flighttime.errors import Refused
from flighttime.features import FEATURES

EARLY = date(2013, 1, 20)
LATE = date(2013, 1, 25)


@dataclass
class Run:
    version: str
    data_version: int
    flights: int
    told: list[str]


@pytest.fixture(scope="module")
def history(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Run]]:
    """State in which the pipeline has run on an early day and twice on a later one, and how it went."""
    state = tmp_path_factory.mktemp("history")
    shutil.copy(empty_store, state)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIGHTTIME_TODAY", f"{LATE}")
        patch.setenv("FLIGHTTIME_RUNS", str(state))
        return state, [run(day) for day in (EARLY, LATE, LATE)]


@pytest.fixture
def runs(history: tuple[Path, list[Run]], monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(history[0]))
    return history[1]


def run(day: date) -> Run:
    told = []
    version = pipeline.run(day, told.append)
    return Run(version, ingest.version(), len(ingest.read()), told)


def test_each_run_makes_the_next_version_from_what_was_new(runs: list[Run]) -> None:
    assert [run.version for run in runs] == ["1", "2", "3"]
    assert [run.data_version for run in runs] == [0, 1, 1]
    assert runs[0].flights < runs[1].flights == runs[2].flights
    assert "0 flights added, 0 corrected, data version 1" in runs[2].told[1]


def test_each_version_remembers_the_data_that_it_was_made_from(runs: list[Run]) -> None:
    recorded = [tracking.store().get_run(tracking.find(run.version).run_id).data.tags["data_version"] for run in runs]

    assert recorded == ["0", "1", "1"]


def test_the_same_data_makes_the_same_model_to_the_last_bit(runs: list[Run]) -> None:
    flights = ingest.read()[FEATURES].tail(1000)

    first, again = (tracking.load(run.version).predict(flights).tolist() for run in runs[1:])

    assert first == again


def test_the_commands_one_by_one_make_the_same_model(runs: list[Run], fresh: Path, table: pd.DataFrame) -> None:
    flights = table[FEATURES].head(1000)
    expected = tracking.load("2").predict(flights).tolist()

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIGHTTIME_RUNS", str(fresh))
        ingest.update(LATE)
        version = tracking.register(train.train(LATE))
        by_hand = tracking.load(version).predict(flights).tolist()

    assert by_hand == expected


def test_every_step_is_told_in_its_turn(runs: list[Run]) -> None:
    told = [line.split()[:2] for line in runs[0].told]

    assert told == [["1/5", "ingest"], ["2/5", "validate"], ["3/5", "train"], ["4/5", "evaluate"], ["5/5", "register"]]


def test_a_failure_in_training_keeps_the_data_and_the_next_run_goes_on_from_it(
    fresh: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch, pytest.raises(MemoryError):
        patch.setattr(train, "fit", out_of_memory)
        pipeline.run(EARLY, str)
    flights = len(ingest.read())

    again = run(EARLY)

    assert (again.version, again.data_version, again.flights) == ("1", 0, flights)


def out_of_memory(*arguments: object) -> None:
    raise MemoryError


def test_before_anything_is_published_there_is_nothing_to_train_on() -> None:
    with pytest.raises(Refused, match="there is no .* yet: run python -m flighttime.ingest"):
        pipeline.run(date(2013, 1, 1), str)


def test_it_is_one_command(fresh: Path) -> None:
    command = [sys.executable, "-m", "flighttime.pipeline", "--today", f"{EARLY}"]

    done = subprocess.run(command, cwd=settings.ROOT, env=os.environ, capture_output=True, text=True)

    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "version: 1"
    assert tracking.find("1").run_id
