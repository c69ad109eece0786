"""What stands in the ledger stays there, whole, whoever else writes and whenever a writer dies."""

import json
import os
import subprocess
import sys
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from pathlib import Path

import pytest

from flighttime import ledger
from flighttime import settings
from flighttime import tracking
from flighttime.errors import Refused

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
    (found,) = ledger.entries()
    assert datetime.fromisoformat(found.pop("at")).date() == today
    assert found == expected


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
        (["released 1", "releasing 2"], ["1"]),
        (["released 1", "releasing 2", "rolled back to 1"], ["1"]),
        (["released 1", "releasing 2", "rolled back to 9"], ["1", "9"]),
        (["releasing 1", "taken back 1"], []),
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

    ledger.main(ledger.parser().parse_args([]))

    assert capsys.readouterr().out.splitlines() == [
        "2013-03-01  version   2  REJECT: worse",
        "2013-03-01  version  12  released, by Kim: better",
    ]


def write(at: str, decision: str, version: str, **more: object) -> None:
    """An entry of that time, which need not be now; a day alone, as it was written once."""
    entry = {"day": at[:10], "decision": decision, "version": version, **more}
    with ledger.place().open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry if len(at) == 10 else {"at": at, **entry}) + "\n")


@pytest.fixture
def history() -> None:
    write("2013-03-01", "released", "1", by="Kim")
    write("2013-03-15T09:30:00", "PROMOTE", "2", reason="better")
    write("2013-03-15T10:00:00", "releasing", "2", by="Zoë", reason="better")
    numbers = {"outcome": "PROMOTE", "flights": 6000}
    write("2013-03-15T10:00:02", "released", "2", by="Zoë", reason="better", evidence=numbers)
    write("2013-03-16T08:00:00", "rolling back to", "1", by="Kim", reason="away from version 2")
    write("2013-03-16T08:00:01", "rolled back to", "1", by="Kim", reason="away from version 2")


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("2013-02-28T12:00", "no version: the first release was at 2013-03-01T00:00:00"),
        ("2013-03-01", "version 1 since 2013-03-01T00:00:00, released by Kim: nobody said why (no numbers)"),
        ("2013-03-15T10:00:01", "version 1 since 2013-03-01T00:00:00, released by Kim: nobody said why (no numbers)"),
        (
            "2013-03-15T10:00:02",
            "version 2 since 2013-03-15T10:00:02, released by Zoë: better (outcome PROMOTE, flights 6000)",
        ),
        (
            "2013-07-04T12:00",
            "version 1 since 2013-03-16T08:00:01, rolled back to by Kim: away from version 2 (no numbers)",
        ),
    ],
)
def test_who_was_champion_is_told_in_a_line(history: None, when: str, told: str, capsys: pytest.CaptureFixture) -> None:
    ledger.main(ledger.parser().parse_args(["who-was-champion", when]))

    assert capsys.readouterr().out == told + "\n"


def test_what_begins_before_midnight_and_ends_after_it_is_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls) -> datetime:
            return times.pop(0)

    times = [datetime(2013, 3, 1, 23, 58), datetime(2013, 3, 2, 0, 2), datetime(2026, 3, 2, 0, 3)]
    monkeypatch.setattr(ledger, "datetime", Clock)
    for version in "123":
        ledger.record(date(2013, 3, 1), "released", version)

    # The third was on a simulated day.
    assert [entry["at"] for entry in ledger.entries()] == ["2013-03-01T23:58:00", "2013-03-02T00:02:00", "2013-03-01T00:03:00"]


def test_a_time_of_another_zone_is_the_same_instant(history: None) -> None:
    here = datetime(2013, 3, 15, 12).astimezone()
    elsewhere = here.astimezone(timezone(timedelta(hours=-11)))

    assert ledger.who_was_champion(elsewhere.isoformat()) == ledger.who_was_champion("2013-03-15T12:00")
    assert ledger.moment(elsewhere.isoformat()) == datetime(2013, 3, 15, 12)


def test_before_any_release_there_was_no_champion() -> None:
    assert ledger.who_was_champion("2013-07-04") == "no version: nothing was released yet"


@pytest.mark.parametrize("time", ["noon", "2013-13-01", "", "2013-07-04T25:00"])
def test_a_time_that_is_none_is_refused(history: None, time: str) -> None:
    with pytest.raises(Refused, match="is not a time: write it like 2013-07-04T12:00"):
        ledger.who_was_champion(time)


def test_a_prediction_leads_back_to_version_run_code_and_data(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    made = {"run": "a1", "commit": "c0ffee", "data_version": 3}
    monkeypatch.setattr(tracking, "lineage", lambda version: {**made, "of": version})

    ledger.main(ledger.parser().parse_args(["lineage", f"7-{'0f' * 16}"]))

    assert capsys.readouterr().out == "version 7, run a1, commit c0ffee, data version 3\n"


@pytest.mark.parametrize("name", ["7", "0f" * 16, f"7-{'0f' * 15}", f"x-{'0f' * 16}", f"7-{'0F' * 16}", ""])
def test_what_is_no_prediction_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="is not the id of a prediction: give an answer's prediction_id, such as 7-0f"):
        ledger.lineage(name)


def test_a_prediction_of_a_version_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match="there is no version '9' in the registry"):
        ledger.lineage(f"9-{'0f' * 16}")


@pytest.mark.parametrize(
    ("decisions", "waits"),
    [
        ([], False),
        (["released 1", "releasing 2"], True),
        (["released 1", "releasing 2", "REJECT 3"], True),
        (["releasing 2", "released 2", "retrain 2"], False),
        (["releasing 2", "taken back 2"], False),
        (["releasing 2", "rolled back to 1"], False),
        (["released 2", "rolling back to 1"], True),
        (["rolling back to 1", "rolled back to 1"], False),
    ],
)
def test_what_was_announced_waits_until_it_is_said_how_it_ended(today: date, decisions: list[str], waits: bool) -> None:
    decide(today, *decisions)

    assert (ledger.pending() is not None) == waits
