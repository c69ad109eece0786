"""What stands in the ledger stays there, whole, whoever else writes and whenever a writer dies."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from flighttime import ledger
from flighttime import settings

WRITER = """
import sys
from datetime import date
from flighttime import ledger

for number in range(50):
    ledger.record(date(2013, 3, 1), "released", str(number), by=sys.argv[1], reason="x" * 2000)
"""


def decide(today: date, *decisions: str) -> None:
    """Write down decisions such as "released 2"."""
    for decision in decisions:
        what, version = decision.rsplit(" ", 1)
        ledger.record(today, what, version)


def test_before_the_first_decision_it_is_empty() -> None:
    assert ledger.entries() == []
    assert ledger.champions() == []


def test_a_decision_is_found_with_its_evidence(today: date) -> None:
    ledger.record(today, "released", "7", by="Zoë", reason="better")

    expected = {"day": "2013-03-01", "decision": "released", "version": "7", "by": "Zoë", "reason": "better"}
    assert ledger.entries() == [expected]


def test_what_was_written_is_never_touched_again(today: date) -> None:
    decide(today, "PROMOTE 1", "released 1")
    before = ledger.place().read_bytes()

    decide(today, "rolled back to 1")

    assert ledger.place().read_bytes().startswith(before)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not promise that appending is one step")
def test_two_writers_at_once_leave_whole_lines_and_lose_none() -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, name], cwd=settings.ROOT) for name in ("Kim", "Zoë")]

    assert [writer.wait() for writer in writers] == [0, 0]
    written = [(entry["by"], entry["version"]) for entry in ledger.entries()]
    assert len([line for line in ledger.place().read_bytes().splitlines() if line]) == len(written) == 100
    for name in ("Kim", "Zoë"):
        assert [version for by, version in written if by == name] == [f"{number}" for number in range(50)]


@pytest.mark.parametrize("kept", [1, 20, -1], ids=["a byte", "half", "all but the end of the line"])
def test_a_line_that_was_never_finished_hides_no_other(today: date, kept: int) -> None:
    decide(today, "PROMOTE 1", "released 1")
    whole = ledger.place().read_bytes()
    torn = whole.splitlines(keepends=True)[-1][:kept]
    ledger.place().write_bytes(whole + torn)

    decide(today, "PROMOTE 2")

    decisions = [f"{entry['decision']} {entry['version']}" for entry in ledger.entries()]
    assert decisions == ["PROMOTE 1", "released 1", *(["released 1"] if kept == -1 else []), "PROMOTE 2"]


@pytest.mark.parametrize(
    ("decisions", "champions"),
    [
        (["released 1", "PROMOTE 2", "released 2", "REJECT 3"], ["1", "2"]),
        (["released 1", "released 2", "rolled back to 1"], ["1"]),
        (["released 1", "released 2", "rolled back to 1", "released 3"], ["1", "3"]),
        (["released 1", "released 2", "released 3", "rolled back to 2", "rolled back to 1"], ["1"]),
        (["released 1", "released 2", "released 2"], ["1", "2"]),
        (["released 1", "released 2", "released 1"], ["2", "1"]),
    ],
    ids=", ".join,
)
def test_the_champions_are_those_that_led_up_to_the_present_one(
    today: date,
    decisions: list[str],
    champions: list[str],
) -> None:
    decide(today, *decisions)

    assert ledger.champions() == champions


def test_it_can_be_read_by_a_person(today: date, capsys: pytest.CaptureFixture) -> None:
    ledger.record(today, "REJECT", "2", reason="worse")
    ledger.record(today, "released", "12", by="Kim", reason="better")

    ledger.main(ledger.steps.parser("").parse_args([]))

    assert capsys.readouterr().out.splitlines() == [
        "2013-03-01  version   2  REJECT: worse",
        "2013-03-01  version  12  released, by Kim: better",
    ]
