"""The ledger keeps every decision, while other processes write and also when a writer is killed."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from datetime import tzinfo
from hashlib import sha256
from pathlib import Path

import pytest

from groundcrew import commands
from groundcrew import ledger
from groundcrew import registry
from groundcrew import serving
from groundcrew.errors import UserError
from groundcrew.ledger import __main__ as command
from groundcrew.ledger import history
from groundcrew.ledger import storage
from groundcrew.serving import CompiledVersion

WRITER = """
import sys
from datetime import date
from groundcrew import ledger

for number in range(50):
    ledger.record(date(2013, 3, 1), "released", str(number), by=sys.argv[1], reason="x" * 2000)
"""


def decide(today: date, *decisions: str) -> None:
    """Record decisions such as "released 2"."""
    for decision in decisions:
        name, version = decision.rsplit(" ", 1)
        ledger.record(today, name, version)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr("sys.argv", ["ledger", *arguments])
    commands.run(command.main)


def test_before_the_first_decision_the_ledger_is_empty() -> None:
    assert ledger.entries() == []
    assert ledger.champions() == []
    assert ledger.pending() is None


def test_decisions_of_the_future_are_named_once_and_do_not_count(
    capsys: pytest.CaptureFixture,
) -> None:
    for day in (date(2013, 3, 1), date(2014, 3, 4), date(2013, 3, 5)):
        decide(day, "retrain 1")

    found = [ledger.entries_until(date(2013, 3, 4)) for _ in range(2)]

    days = ["2013-03-01", "2013-03-05"]  # where a machine's day has begun, it may be tomorrow
    assert [[entry["day"] for entry in entries] for entries in found] == [days, days]
    warned = capsys.readouterr().err
    assert warned.count("'retrain' of 2014-03-04 lie after 2013-03-04 and do not count") == 1
    assert len(ledger.entries()) == 3


def test_nothing_is_said_of_a_ledger_without_a_future(capsys: pytest.CaptureFixture) -> None:
    decide(date(2013, 3, 1), "retrain 1")

    assert ledger.entries_until(date(2013, 3, 1)) == ledger.entries()
    assert capsys.readouterr() == ("", "")


def test_an_empty_ledger_says_where_it_was_looked_for(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    run(monkeypatch)

    assert capsys.readouterr().out == f"the ledger is empty; looked in {state}, as of 2013-03-01\n"


def test_a_decision_is_stored_with_its_evidence(today: date) -> None:
    before = datetime.now(UTC)

    ledger.record(today, "released", "7", by="Zoë", reason="better")

    (entry,) = ledger.entries()
    at = datetime.fromisoformat(entry.pop("at"))
    assert (at.astimezone().date(), at.utcoffset()) == (today, timedelta(0))
    assert before <= datetime.fromisoformat(entry.pop("utc")) <= datetime.now(UTC)
    assert entry == {
        "day": "2013-03-01",
        "decision": "released",
        "version": "7",
        "by": "Zoë",
        "reason": "better",
    }


def test_a_decision_may_be_about_no_version(
    today: date,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    ledger.record(today, "call", None, reason="no answers")

    run(monkeypatch)

    assert ledger.entries()[0]["version"] == ""
    assert capsys.readouterr().out == "2013-03-01  version      call: no answers\n"


@pytest.mark.parametrize("name", ["", "  ", "\n"])
def test_a_decision_by_an_empty_name_is_refused(today: date, name: str) -> None:
    with pytest.raises(UserError, match="the approver has no name: give one with --approved-by"):
        ledger.record(today, "released", "7", by=name)

    assert ledger.entries() == []


def test_an_entry_is_never_changed(today: date) -> None:
    decide(today, "PROMOTE 1", "released 1")
    before = ledger.path().read_bytes()

    decide(today, "rolled back to 1")

    assert ledger.path().read_bytes().startswith(before)


FORGED = json.dumps({"day": "2013-03-01", "decision": "released", "version": "9", "by": "Kim"})


@pytest.mark.parametrize("character", ["\n", "\r", "\r\n", "\x0b", "\x1c", "\x85", "\u2028", "\0"])
def test_a_name_with_a_line_break_adds_no_entry(
    today: date,
    character: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    name = f"Kim{character}{FORGED}{character}2013-03-01  version   9  released, by Kim: "

    ledger.record(today, "released", "1", by=name, reason=f"good{character}{FORGED}")

    (entry,) = ledger.entries()
    assert entry["by"] == name
    assert ledger.champions() == ["1"]
    assert len(ledger.path().read_text("utf-8").splitlines()) == 1
    run(monkeypatch)
    run(monkeypatch, "who-was-champion", "2013-12-31")
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_name_with_terminal_codes_is_printed_without_them(
    today: date,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    ledger.record(today, "released", "1", by="\x1b[1A\x1b[2KZoë", reason="better\x7f")

    run(monkeypatch)

    printed = capsys.readouterr().out
    assert printed.endswith("  released, by \\x1b[1A\\x1b[2KZoë: better\\x7f\n")


@pytest.mark.skipif(os.name == "nt", reason="Windows does not promise that an append is one write")
def test_two_writers_at_once_write_whole_lines() -> None:
    command_line = [sys.executable, "-c", WRITER]
    writers = [subprocess.Popen([*command_line, name]) for name in ("Kim", "Zoë")]

    assert [writer.wait() for writer in writers] == [0, 0]

    written = [(entry["by"], entry["version"]) for entry in ledger.entries()]
    lines = [line for line in ledger.path().read_bytes().splitlines() if line]
    assert len(lines) == len(written) == 100
    for name in ("Kim", "Zoë"):
        versions = [version for by, version in written if by == name]
        assert versions == [f"{number}" for number in range(50)]
    assert storage.verify()[:2] == (100, 100)


@pytest.mark.parametrize("kept", [1, 20, -1], ids=["a byte", "half", "all but the line break"])
def test_an_incomplete_line_hides_no_other(today: date, kept: int) -> None:
    decide(today, "PROMOTE 1", "released 1")
    content = ledger.path().read_bytes()
    torn = content.splitlines(keepends=True)[-1][:kept]
    ledger.path().write_bytes(content + torn)

    decide(today, "PROMOTE 2")

    repeated = ["released 1"] if kept == -1 else []
    decisions = [f"{entry['decision']} {entry['version']}" for entry in ledger.entries()]
    assert decisions == ["PROMOTE 1", "released 1", *repeated, "PROMOTE 2"]


def verified(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> str:
    run(monkeypatch, "verify")
    return capsys.readouterr().out


def test_an_untouched_ledger_is_intact(
    today: date, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    decide(today, "PROMOTE 1", "released 1", "REJECT 2")

    answer = verified(monkeypatch, capsys)

    digest = sha256(ledger.path().read_bytes()).hexdigest()
    assert answer == f"the ledger is intact: 3 entries, last digest {digest}\n"


def test_an_empty_ledger_is_intact(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    assert verified(monkeypatch, capsys).startswith("the ledger is intact: 0 entries, last digest ")


TAMPERED = {
    "changed": (lambda lines: [lines[0], lines[1].replace(b"Kim", b"Zoe"), *lines[2:]], 3),
    "emptied": (lambda lines: [lines[0], b"\n", *lines[2:]], 3),
    "cut in half": (lambda lines: [lines[0], lines[1][:20] + b"\n", *lines[2:]], 3),
    "removed": (lambda lines: [lines[0], *lines[2:]], 2),
    "first removed": (lambda lines: lines[1:], 1),
    "repeated": (lambda lines: [*lines[:2], *lines[1:]], 3),
    "in another order": (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], 2),
    "inserted": (lambda lines: [*lines[:2], FORGED.encode() + b"\n", *lines[2:]], 3),
    "appended": (lambda lines: [*lines, FORGED.encode() + b"\n"], 5),
}


@pytest.mark.parametrize(("tamper", "number"), TAMPERED.values(), ids=TAMPERED)
def test_an_entry_that_is_changed_removed_or_inserted_breaks_the_chain(
    today: date,
    tamper: Callable[[list[bytes]], list[bytes]],
    number: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    for version in "1234":
        ledger.record(today, "released", version, by="Kim")
    lines = ledger.path().read_bytes().splitlines(keepends=True)
    ledger.path().write_bytes(b"".join(tamper(lines)))

    with pytest.raises(SystemExit) as end:
        verified(monkeypatch, capsys)

    message = capsys.readouterr().err
    assert end.value.code == 2
    assert f"line {number} of {ledger.path()} does not follow from what is before it" in message
    assert len(message.splitlines()) == 1


def test_a_last_line_that_is_no_entry_is_named(
    today: date, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    decide(today, "released 1")
    whole = ledger.path().read_bytes()
    for foreign in (b"garbage\n", b"\xff\xfe\n", b"[7]\n"):
        ledger.path().write_bytes(whole + foreign)
        with pytest.raises(UserError, match="last line of .* is no entry, .* by hand: remove it"):
            storage.verify()

    ledger.path().write_bytes(whole + b"\n" + b'{"decision": "rele')
    assert verified(monkeypatch, capsys).startswith("the ledger is intact: 1 entries, ")


def test_a_half_written_line_breaks_no_chain_and_is_protected_by_it(
    today: date, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    decide(today, "released 1")
    with ledger.path().open("ab") as file:
        file.write(b'{"decision": "rele')
    decide(today, "released 2")

    assert verified(monkeypatch, capsys).startswith("the ledger is intact: 2 entries, ")

    ledger.path().write_bytes(ledger.path().read_bytes().replace(b'"rele\n', b'"real\n'))
    with pytest.raises(UserError, match="line 3 of"):
        storage.verify()


def test_entries_of_older_code_are_named_and_protected_by_the_chain_after_them(
    today: date, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    write("2013-02-01", "released", "1", by="Kim")
    write("2013-02-02", "released", "2", by="Kim")
    decide(today, "released 3")

    answer = verified(monkeypatch, capsys)

    assert "3 entries, 2 of them by older code, before the chain, last digest" in answer
    assert ledger.champions() == ["1", "2", "3"]
    ledger.path().write_bytes(ledger.path().read_bytes().replace(b"Kim", b"Zoe"))
    with pytest.raises(UserError, match="line 3 of"):
        storage.verify()


@pytest.mark.parametrize(
    ("decisions", "champions"),
    [
        (["released 1", "PROMOTE 2", "released 2", "REJECT 3"], ["1", "2"]),
        (["released 1", "released 2", "rolled back to 1"], ["1"]),
        (["released 1", "released 2", "rolled back to 1", "released 3"], ["1", "3"]),
        (
            ["released 1", "released 2", "released 3", "rolled back to 2", "rolled back to 1"],
            ["1"],
        ),
        (["released 1", "released 2", "released 2"], ["1", "2"]),
        (["released 1", "released 2", "released 1"], ["2", "1"]),
        (["released 1", "releasing 2"], ["1"]),
        (["released 1", "releasing 2", "rolled back to 1"], ["1"]),
        (["released 1", "releasing 2", "rolled back to 9"], ["1", "9"]),
        (["releasing 1", "taken back 1"], []),
        (["released 1", "released 2", "rolling back to 1", "taken back 1"], ["1", "2"]),
    ],
    ids=", ".join,
)
def test_the_champions_are_those_that_led_to_the_current_one(
    today: date,
    decisions: list[str],
    champions: list[str],
) -> None:
    decide(today, *decisions)

    assert ledger.champions() == champions


def test_the_utc_time_of_an_entry_has_microseconds_and_says_that_it_is_utc(
    today: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, zone: tzinfo | None = None) -> datetime:
            return datetime(2026, 3, 2, 12, tzinfo=zone)

    monkeypatch.setattr(ledger, "datetime", Clock)

    decide(today, "released 1")

    assert ledger.entries()[0]["utc"] == "2026-03-02T12:00:00.000000+00:00"


@pytest.mark.parametrize(
    ("decisions", "champion", "before"),
    [
        (["released 1", "released 2"], "2", "1"),
        (["released 1", "released 2", "released 3", "rolled back to 2"], "2", "1"),
        (["released 1", "released 2", "rolled back to 1", "released 3"], "3", "1"),
        # A champion that no release made: an alias was set by hand, or the ledger is another one.
        (["released 1", "released 2"], "9", "2"),
        (["released 1", "released 2"], None, "2"),
    ],
)
def test_the_champion_before_is_the_last_one_that_was_not_rolled_back(
    today: date,
    decisions: list[str],
    champion: str | None,
    before: str,
) -> None:
    decide(today, *decisions)

    assert ledger.champion_before(champion) == before


@pytest.mark.parametrize("decisions", [[], ["released 1"], ["released 1", "releasing 2"]])
def test_without_an_earlier_champion_there_is_none_to_go_back_to(
    today: date,
    decisions: list[str],
) -> None:
    decide(today, *decisions)

    with pytest.raises(UserError, match="no earlier champion to go back to: release another"):
        ledger.champion_before("1")


@pytest.mark.parametrize(
    ("decisions", "pending"),
    [
        ([], False),
        (["released 1", "releasing 2"], True),
        (["released 1", "releasing 2", "REJECT 3"], True),
        (["releasing 2", "released 2", "retrain 2"], False),
        (["releasing 2", "taken back 2"], False),
        (["releasing 2", "rolled back to 1"], False),
        (["released 2", "rolling back to 1"], True),
        (["rolling back to 1", "rolled back to 1"], False),
        (["rolling back to 1", "taken back 1"], False),
    ],
)
def test_an_intent_is_pending_until_its_outcome(
    today: date,
    decisions: list[str],
    pending: bool,
) -> None:
    decide(today, *decisions)

    assert (ledger.pending() is not None) == pending


def test_since_names_the_last_day_and_the_approver(today: date) -> None:
    ledger.record(today, "released", "1", by="Kim")
    ledger.record(date(2013, 3, 9), "rolled back to", "1", by="Zoë")
    ledger.record(date(2013, 3, 10), "released", "2")

    assert ledger.since("1") == "2013-03-09, by Zoë"
    assert ledger.since("2") == "2013-03-10, by an unnamed person"
    assert ledger.since("3") == "not recorded"


def test_a_switch_across_midnight_stays_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, zone: tzinfo | None = None) -> datetime:
            return datetime(2026, 3, 2, tzinfo=zone) if zone else times.pop(0)

    times = [
        datetime(2013, 3, 1, 23, 58),
        datetime(2013, 3, 2, 0, 2),
        datetime(2026, 3, 2, 0, 3),  # a simulated day
    ]
    monkeypatch.setattr(ledger, "datetime", Clock)

    for version in "123":
        ledger.record(date(2013, 3, 1), "released", version)

    assert [ledger.time_of(entry).isoformat() for entry in ledger.entries()] == [
        local("2013-03-01T23:58:00"),
        local("2013-03-02T00:02:00"),
        local("2013-03-01T00:03:00"),
    ]


def test_the_command_prints_one_line_for_each_decision(
    today: date,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    ledger.record(today, "REJECT", "2", reason="worse")
    ledger.record(today, "released", "12", by="Kim", reason="better")

    run(monkeypatch)

    assert capsys.readouterr().out.splitlines() == [
        "2013-03-01  version   2  REJECT: worse",
        "2013-03-01  version  12  released, by Kim: better",
    ]


def write(at: str, decision: str, version: str, **evidence: object) -> None:
    """Append an entry of that time; of a day only, as the first ledgers did."""
    time = {"at": at} if "T" in at else {}
    entry = {**time, "day": at[:10], "decision": decision, "version": version, **evidence}
    with ledger.path().open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")


@pytest.fixture
def two_releases_and_a_rollback() -> None:
    numbers = {"outcome": "PROMOTE", "flights": 6000}
    write("2013-03-01", "released", "1", by="Kim")
    write("2013-03-15T09:30:00", "PROMOTE", "2", reason="better")
    write("2013-03-15T10:00:00", "releasing", "2", by="Zoë", reason="better")
    write("2013-03-15T10:00:02", "released", "2", by="Zoë", reason="better", evidence=numbers)
    write("2013-03-16T08:00:00", "rolling back to", "1", by="Kim", reason="away from version 2")
    write("2013-03-16T08:00:01", "rolled back to", "1", by="Kim", reason="away from version 2")


def local(time: str) -> str:
    """A time of this machine's zone, with its offset."""
    return datetime.fromisoformat(time).astimezone().isoformat()


MIDNIGHT = local("2013-03-01")
FIRST = f"version 1 since {MIDNIGHT}, released by Kim: no reason given (no numbers)"
SECOND = (
    f"version 2 since {local('2013-03-15T10:00:02')}, "
    "released by Zoë: better (outcome PROMOTE, flights 6000)"
)
THIRD = (
    f"version 1 since {local('2013-03-16T08:00:01')}, "
    "rolled back to by Kim: away from version 2 (no numbers)"
)


@pytest.mark.parametrize(
    ("time", "answer"),
    [
        ("2013-02-28T12:00", f"no version: the first release was at {MIDNIGHT}"),
        ("2013-03-01", FIRST),
        ("2013-03-15T10:00:01", FIRST),
        ("2013-03-15T10:00:02", SECOND),
        ("2013-07-04T12:00", THIRD),
    ],
)
def test_the_command_answers_which_version_was_the_champion(
    two_releases_and_a_rollback: None,
    time: str,
    answer: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    run(monkeypatch, "who-was-champion", time)

    assert capsys.readouterr().out == answer + "\n"


def test_a_time_in_another_zone_is_the_same_instant(two_releases_and_a_rollback: None) -> None:
    local = datetime(2013, 3, 15, 12).astimezone()
    elsewhere = local.astimezone(timezone(timedelta(hours=-11))).isoformat()

    assert history.who_was_champion(elsewhere) == history.who_was_champion("2013-03-15T12:00")
    assert history.parse_time(elsewhere) == local


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Move this machine to another time zone, until the end of the test."""

    def move(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has no zone for a process")
def test_the_answer_is_the_same_in_every_zone(
    state: Path,
    zone: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    noon = datetime(2013, 3, 15, 16, tzinfo=UTC)
    monkeypatch.setattr(ledger, "datetime", StoppedClock)
    zone("America/New_York")
    StoppedClock.time = noon.astimezone()
    ledger.record(date(2013, 3, 15), "released", "1", by="Kim")
    StoppedClock.time = noon.astimezone() + timedelta(hours=1)
    ledger.record(date(2013, 3, 15), "released", "2", by="Zoë")
    expected = {
        "America/New_York": "version 1 since 2013-03-15T12:00:00-04:00, released by Kim",
        "Asia/Tokyo": "version 1 since 2013-03-16T01:00:00+09:00, released by Kim",
        "UTC": "version 1 since 2013-03-15T16:00:00+00:00, released by Kim",
    }

    for name, answer in expected.items():
        zone(name)
        assert history.who_was_champion("2013-03-15T16:30Z").startswith(answer)
    zone("Asia/Tokyo")
    assert history.who_was_champion("2013-03-16T02:00").startswith("version 2 since")


class StoppedClock(datetime):
    """A clock that stands still, in the zone of the machine."""

    time: datetime

    @classmethod
    def now(cls, zone: tzinfo | None = None) -> datetime:
        return cls.time.astimezone(zone) if zone else cls.time.replace(tzinfo=None)


def test_before_the_first_release_there_was_no_champion() -> None:
    assert history.who_was_champion("2013-07-04") == "no version: there was no release yet"


@pytest.mark.parametrize("time", ["noon", "2013-13-01", "", "2013-07-04T25:00"])
def test_a_malformed_time_is_refused(two_releases_and_a_rollback: None, time: str) -> None:
    with pytest.raises(UserError, match="is not a time: write it like 2013-07-04T12:00"):
        history.who_was_champion(time)


def test_a_prediction_leads_back_to_version_run_commit_and_data(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    run_id = "0123abcd" * 4
    origins = {"7": {"run": run_id, "commit": "c0ffee", "data_version": 3}}
    monkeypatch.setattr(registry, "lineage", origins.__getitem__)
    (prediction_id,) = serving.prediction_ids(CompiledVersion("7", None, run_id), 1)

    run(monkeypatch, "lineage", prediction_id)

    assert capsys.readouterr().out == f"version 7, run {run_id}, commit c0ffee, data version 3\n"


def test_a_prediction_is_not_led_back_to_another_model_of_the_same_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    origins = {"7": {"run": "ffffffff" * 4, "commit": "c0ffee", "data_version": 3}}
    monkeypatch.setattr(registry, "lineage", origins.__getitem__)
    (prediction_id,) = serving.prediction_ids(CompiledVersion("7", None, "0123abcd" * 4), 1)

    reason = "is not by the version 7 of this registry, whose ids begin with 7-ffffffff"
    with pytest.raises(UserError, match=f"{prediction_id} {reason}: look in the registry"):
        history.lineage(prediction_id)


@pytest.mark.parametrize(
    "prediction_id",
    ["7", "0f" * 16, f"7-{'0f' * 15}", f"x-{'0f' * 16}", f"7-{'0F' * 16}", f"7-{'0f' * 16}\n", ""],
)
def test_a_malformed_prediction_id_is_refused(prediction_id: str) -> None:
    with pytest.raises(UserError, match="is not the id of a prediction: give an answer's"):
        history.lineage(prediction_id)


@pytest.mark.parametrize("arguments", [["who-was-champion"], ["who-is-champion", "today"]])
def test_an_incomplete_question_is_refused(
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    with pytest.raises(SystemExit) as end:
        run(monkeypatch, *arguments)

    assert end.value.code == 2
    message = capsys.readouterr().err
    assert re.match("error: .* is not a complete question: ask who-was-champion TIME", message)
    assert len(message.splitlines()) == 1


def test_the_module_is_a_command(today: date, project: os.PathLike) -> None:
    ledger.record(today, "released", "1", by="Kim", reason="the first")

    command_line = [sys.executable, "-m", "groundcrew.ledger"]
    printed = subprocess.run(command_line, cwd=project, capture_output=True, text=True, check=True)

    assert printed.stdout == "2013-03-01  version   1  released, by Kim: the first\n"
    assert printed.stderr == ""
