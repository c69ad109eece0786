"""One command trains: it takes what is new, refuses what is broken, and gives each model a version."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from flighttime import content
from flighttime import ingest
from flighttime import journal
from flighttime import model
from flighttime import pipeline
from flighttime import record
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


def test_a_failure_late_on_costs_no_second_training(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, pytest.raises(MemoryError):
        patch.setattr(record, "write", out_of_memory)
        pipeline.run(EARLY, str)
    expected = model.digest(model.load(journal.products() / "model.skops"))
    monkeypatch.setattr(train, "fit", out_of_memory)
    monkeypatch.setattr(ingest, "delivered", out_of_memory)

    again = run(EARLY)

    assert (again.version, again.data_version) == ("1", 0)
    assert model.digest(tracking.load("1")) == expected
    assert [line.split()[2] for line in again.told[:4]] == ["kept"] * 4
    assert list(journal.place().glob("*")) == [journal.place() / "lock"]


def out_of_memory(*arguments: object) -> None:
    raise MemoryError


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Steps that do no more than to be noted."""
    taken = []

    def step(name: str) -> Callable[[pipeline.Work], str]:
        return lambda work: taken.append(name) or "done"

    monkeypatch.setattr(pipeline, "STEPS", {name: step(name) for name in pipeline.NAMES})
    return taken


def fail_at(name: str, taken: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(MemoryError):
        patch.setitem(pipeline.STEPS, name, out_of_memory)
        pipeline.perform(EARLY, str)
    taken.clear()


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("ingest", ["ingest", "validate", "train", "evaluate", "register"]),
        # What was delivered is to be mended, so it is read again.
        ("validate", ["ingest", "validate", "train", "evaluate", "register"]),
        ("train", ["train", "evaluate", "register"]),
        ("register", ["register"]),
    ],
)
def test_the_same_command_goes_on_where_it_failed(taken: list[str], name: str, rest: list[str]) -> None:
    fail_at(name, taken)

    pipeline.perform(EARLY, str)

    assert taken == rest


@pytest.mark.parametrize("changed", ["day", "code"])
def test_what_was_begun_on_another_day_or_with_other_code_is_begun_anew(
    taken: list[str],
    monkeypatch: pytest.MonkeyPatch,
    changed: str,
) -> None:
    fail_at("register", taken)
    told = []
    if changed == "code":
        monkeypatch.setattr(content, "version", lambda root: "another")

    pipeline.perform(EARLY if changed == "code" else LATE, told.append)

    assert taken == pipeline.NAMES
    assert told[0] == "what was begun as of 2013-01-20 is dropped: the day, the code or the settings are not the same"


def test_once_all_is_done_the_next_run_does_all_of_it(taken: list[str]) -> None:
    pipeline.perform(EARLY, str)
    pipeline.perform(EARLY, str)

    assert taken == 2 * pipeline.NAMES


def test_it_stops_after_a_step_and_goes_on_later(taken: list[str]) -> None:
    pipeline.perform(EARLY, str, until="train")
    assert taken == ["ingest", "validate", "train"]

    pipeline.perform(EARLY, str)
    assert taken == pipeline.NAMES


def test_a_step_is_done_again_with_all_that_follow(taken: list[str]) -> None:
    pipeline.perform(EARLY, str, until="evaluate")
    taken.clear()

    pipeline.perform(EARLY, str, from_step="train")

    assert taken == ["train", "evaluate", "register"]


def test_a_step_that_needs_what_is_not_kept_is_refused(taken: list[str]) -> None:
    with pytest.raises(Refused, match="--from-step evaluate needs what train made, and that is not kept: begin there"):
        pipeline.perform(EARLY, str, from_step="evaluate")


def test_an_order_that_is_none_is_refused(taken: list[str]) -> None:
    with pytest.raises(Refused, match="--until ingest comes before --from-step train: the order is ingest, validate"):
        pipeline.perform(EARLY, str, from_step="train", until="ingest")


def test_before_anything_is_published_there_is_nothing_to_train_on() -> None:
    with pytest.raises(Refused, match="there is no .* yet: run python -m flighttime.ingest"):
        pipeline.run(date(2013, 1, 1), str)


def test_it_is_one_command_and_tells_a_workflow_what_came_of_it(fresh: Path) -> None:
    command = [sys.executable, "-m", "flighttime.pipeline", "--today", f"{EARLY}"]

    done = subprocess.run(command, cwd=settings.ROOT, env=os.environ, capture_output=True, text=True)

    assert done.stderr == ""
    assert done.stdout.splitlines()[-3:] == ["flights_added: 16509", "data_version: 0", "version: 1"]
    assert tracking.find("1").run_id
