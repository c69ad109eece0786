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


def rows(names: list[str]) -> dict[str, list[str]]:
    """The lines by what they tell of, in words: a mark or none, then the values."""
    found = [(line[: compare.STAR].strip(), line[compare.STAR :]) for line in compare.compare(names)]
    return {line[: compare.WIDTH].strip(): [mark, *line[compare.WIDTH :].split("  ")] for mark, line in found if line}


def test_each_run_has_a_column(records: dict[str, Run]) -> None:
    told = rows(["1", "3"])

    assert [value.strip() for value in told["Data version"] if value.strip()] == ["*", "0", "3"]
    assert [value.strip() for value in told["Mean error"] if value.strip()] == ["*", "8.39 minutes", "6.28 minutes"]


def test_what_differs_is_marked_and_nothing_else(records: dict[str, Run]) -> None:
    assert {name for name, (mark, *_) in rows(["1", "2"]).items() if mark} == set()
    assert {name for name, (mark, *_) in rows(["1", "2", "3"]).items() if mark} == {
        "Mean error",
        "carrier/HA",
        "Data version",
        "training.window_days",
    }


def test_a_slice_that_one_run_does_not_have_is_left_open(records: dict[str, Run]) -> None:
    assert [value.strip() for value in rows(["1", "3"])["carrier/HA"] if value.strip()] == ["*", "-", "20.00 minutes, 60 flights"]


def test_a_long_value_takes_more_lines_and_stays_in_its_column(records: dict[str, Run]) -> None:
    records["1"].data.tags["changed"] = "no"
    records["2"].data.tags["changed"] = ", ".join(f"flighttime/module{number}.py" for number in range(5))

    lines = list(compare.compare(["1", "2"]))

    first = next(number for number, line in enumerate(lines) if "Changed since" in line)
    column = lines[first].index("flighttime/module0.py")
    told = " ".join(line[column:] for line in lines[first : first + 5])
    assert told.startswith(records["2"].data.tags["changed"])
    assert all(not line[:column].strip() for line in lines[first + 1 : first + 5])


def test_a_run_that_is_none_is_refused(settled: Path) -> None:
    with pytest.raises(Refused, match="there is no version '9' in the registry"):
        list(compare.compare(["1", "9"]))


def test_one_alone_is_not_compared(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as ended:
        compare.parser().parse_args(["1"])

    assert ended.value.code == 2


def test_the_command_prints_the_table(records: dict[str, Run], capsys: pytest.CaptureFixture) -> None:
    compare.main(compare.parser().parse_args(["1", "2", "3"]))

    assert capsys.readouterr().out.splitlines() == list(compare.compare(["1", "2", "3"]))
