"""A step speaks plainly to a person, and in a workflow the way that the workflow understands."""

import argparse
import re
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from flighttime import steps
from flighttime.errors import Refused


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file that a workflow reads a step's outputs from."""
    path = tmp_path / "outputs"
    path.touch()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_OUTPUT", str(path))
    return path


def test_a_person_sees_plain_words(capsys: pytest.CaptureFixture) -> None:
    with steps.group("Do it"):
        steps.output("flights", 3)
        steps.notice("well done")
        steps.warning("be careful")
        steps.error("it broke")

    said = capsys.readouterr()
    assert said.out == "Do it\nflights: 3\nwell done\n"
    assert said.err == "warning: be careful\nerror: it broke\n"


def test_a_workflow_gets_annotations_and_folds(outputs: Path, capsys: pytest.CaptureFixture) -> None:
    with steps.group("Do it"):
        steps.notice("well done")
        steps.warning("be careful")
        steps.error("it broke\nbadly")

    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "::group::Do it",
        "::notice::well done",
        "::warning::be careful",
        "::error::it broke%0Abadly",
        "::endgroup::",
    ]


def test_a_workflow_gets_a_summary_page_and_a_person_none(
    outputs: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    page = outputs.with_name("summary.md")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))

    steps.summary("## Grün")
    steps.summary("| a |")
    monkeypatch.delenv("GITHUB_ACTIONS")
    steps.summary("nobody sees this")

    assert page.read_text("utf-8") == "## Grün\n| a |\n"
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("value", ["3f2a", 3, 2.5, Path("some where") / "model.skops"], ids=str)
def test_a_workflow_gets_outputs_for_its_next_steps(
    outputs: Path,
    capsys: pytest.CaptureFixture,
    value: object,
) -> None:
    steps.output("result", value)

    name, given, end = outputs.read_text("utf-8").split("\n", 2)
    assert name.startswith("result<<")
    assert given == str(value)
    assert f"result: {value}" in capsys.readouterr().out


def test_a_fold_is_closed_though_the_step_fails(outputs: Path, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(Refused), steps.group("Do it"):
        raise Refused("no")

    assert capsys.readouterr().out.splitlines()[-1] == "::endgroup::"


def call(monkeypatch: pytest.MonkeyPatch, main: object, *arguments: str) -> None:
    monkeypatch.setattr("sys.argv", ["step", *arguments])
    steps.run(main, steps.parser("A step."))


def test_a_refusal_is_one_line_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    def main(arguments: argparse.Namespace) -> None:
        raise Refused("too early: choose another day")

    with pytest.raises(SystemExit) as ended:
        call(monkeypatch, main)

    assert ended.value.code == 2
    assert capsys.readouterr().err == "error: too early: choose another day\n"


@pytest.mark.parametrize(
    ("arguments", "day"),
    [([], date(2013, 3, 1)), (["--today", "2013-02-14"], date(2013, 2, 14))],
    ids=["untold", "told"],
)
def test_the_day_is_the_simulated_one_unless_told(
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    day: date,
) -> None:
    seen = []

    call(monkeypatch, lambda arguments: seen.append(arguments.today), *arguments)

    assert seen == [day]


def test_stopping_a_step_is_no_failure_to_explain(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    def main(arguments: argparse.Namespace) -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as ended:
        call(monkeypatch, main)

    assert ended.value.code == 130
    assert capsys.readouterr().err == ""


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    """Standard output is a terminal, and people are less patient."""
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda self: True)
    monkeypatch.setattr(steps, "A_SECOND", 0.01)
    monkeypatch.setattr(steps, "PATIENCE", 0.05)


def test_whoever_waits_at_a_terminal_is_told_for_how_long(terminal: None, capsys: pytest.CaptureFixture) -> None:
    with steps.waiting("training"):
        time.sleep(0.2)
    steps.notice("done")

    *_, last, blank, after = capsys.readouterr().out.split("\r")
    assert re.fullmatch(r"training +\d+\.\d s", last)
    assert blank == " " * len(last)
    assert after == "done\n"


def test_what_is_quick_is_not_waited_for(
    terminal: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setattr(steps, "PATIENCE", 60)

    with steps.waiting("training"):
        time.sleep(0.05)

    assert capsys.readouterr().out == ""


def test_a_failure_ends_the_wait(terminal: None) -> None:
    before = threading.active_count()

    with pytest.raises(Refused), steps.waiting("training"):
        raise Refused("no")

    assert threading.active_count() == before


def test_a_log_is_not_told_of_every_second(
    terminal: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda self: False)

    with steps.waiting("training"):
        time.sleep(0.1)

    assert capsys.readouterr().out == ""
