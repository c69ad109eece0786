"""Runs stand side by side, and what is not the same in all of them is marked."""

import copy
from pathlib import Path

import pytest
from mlflow.entities import Run

from flighttime import compare
from flighttime import tracking
from flighttime.errors import Refused


@pytest.fixture
def records(settled: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Run]:
    """A run, the same once more, and one that differs in its data and its settings."""
    run = tracking.get("1")
    another = copy.deepcopy(run)
    another.data.tags["data_version"] = "3"
    another.data.metrics["mae"] = 6.28
    another.data.metrics["mae/carrier/HA"], another.data.metrics["flights/carrier/HA"] = 20.0, 60
    another.data.params["training.window_days"] = "30"
    records = {"1": run, "2": copy.deepcopy(run), "3": another}
    monkeypatch.setattr(tracking, "get", records.__getitem__)
    return records


def test_each_run_has_a_column(records: dict[str, Run]) -> None:
    told = compare.compare(["1", "3"])

    assert told.loc["Data version"].tolist() == ["*", "0", "3"]
    assert told.loc["Mean error"].tolist() == ["*", "8.39 minutes", "6.28 minutes"]


def test_what_differs_is_marked_and_nothing_else(records: dict[str, Run]) -> None:
    same, some = compare.compare(["1", "2"]), compare.compare(["1", "2", "3"])

    assert not same[""].any()
    assert set(some.index[some[""] == "*"]) == {"Mean error", "carrier/HA", "Data version", "training.window_days"}


def test_a_slice_that_one_run_does_not_have_is_left_open(records: dict[str, Run]) -> None:
    assert compare.compare(["1", "3"]).loc["carrier/HA"].tolist() == ["*", "-", "20.00 minutes, 60 flights"]


def test_a_run_that_is_none_is_refused(settled: Path) -> None:
    with pytest.raises(Refused, match="there is no version '9' in the registry"):
        compare.compare(["1", "9"])


def test_the_command_prints_the_table(records: dict[str, Run], capsys: pytest.CaptureFixture) -> None:
    compare.main(compare.parser().parse_args(["1", "2", "3"]))

    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Data version")]
    assert line.split() == ["Data", "version", "*", "0", "0", "3"]
