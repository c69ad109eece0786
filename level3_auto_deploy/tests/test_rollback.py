"""A rollback goes to the champion before, a second one further back, and never to what was left behind."""

from datetime import date
from pathlib import Path

import pytest

from flighttime import environment
from flighttime import ledger
from flighttime import package
from flighttime import production
from flighttime import rollback
from flighttime.errors import Refused


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry and packages of which only the version that is released matters."""
    released = ["1"]
    monkeypatch.setattr(production, "released", lambda: released[-1])
    monkeypatch.setattr(production, "switch_to", released.append)
    monkeypatch.setattr(package, "promote", lambda version, to: package.place(version, to))
    monkeypatch.setattr(package, "digest", lambda path: "of the package")
    monkeypatch.setattr(package, "load", lambda *_: None)


def release(*versions: str) -> None:
    for version in versions:
        ledger.record(date(2013, 3, 1), "released", version, by="Kim")
        production.switch_to(version)


def roll_back() -> str:
    return rollback.roll_back(date(2013, 3, 2), "Zoë")


def test_the_champion_before_comes_back(place: None) -> None:
    release("1", "2")

    assert roll_back() == "1"
    assert production.released() == "1"


def test_who_took_it_back_is_written_down(place: None) -> None:
    release("1", "2")

    roll_back()

    expected = {
        "day": "2013-03-02",
        "decision": "rolled back to",
        "version": "1",
        "by": "Zoë",
        "reason": "away from version 2",
    }
    assert expected.items() <= ledger.entries()[-1].items()


def test_the_second_in_a_row_goes_one_further_and_not_back_to_the_first(place: None) -> None:
    release("1", "2", "3")

    assert [roll_back(), roll_back()] == ["2", "1"]


def test_a_release_after_a_rollback_is_taken_back_to_where_the_rollback_had_led(place: None) -> None:
    release("1", "2")
    roll_back()
    release("3")

    assert roll_back() == "1"


@pytest.mark.parametrize("versions", [["1"], ["1", "2"]])
def test_with_nothing_left_to_go_back_to_it_is_refused(place: None, versions: list[str]) -> None:
    release(*versions)
    for _ in versions[1:]:
        roll_back()

    with pytest.raises(Refused, match="no champion before this one to go back to: release another version"):
        roll_back()

    assert production.released() == "1"


def test_a_release_that_never_switched_is_not_gone_back_to(place: None) -> None:
    release("1", "2")
    ledger.record(date(2013, 3, 1), "released", "3", by="Kim")

    assert roll_back() == "1"


def test_a_champion_that_was_set_behind_the_ledgers_back_gives_way_to_the_last_one_known(place: None) -> None:
    release("1", "2")
    production.switch_to("9")

    assert roll_back() == "2"


def test_nobody_cannot_take_a_release_back(place: None) -> None:
    release("1", "2")

    with pytest.raises(Refused, match="nobody approves"):
        rollback.roll_back(date(2013, 3, 2), "")

    assert production.released() == "2"


def test_a_real_champion_comes_back_in_one_command(contest: Path, capsys: pytest.CaptureFixture) -> None:
    ledger.record(date(2013, 3, 15), "released", "2", by="Kim")
    production.switch_to("2")

    arguments = rollback.parser().parse_args(["--approved-by", "Zoë", "--today", "2013-03-16"])
    rollback.main(arguments)

    assert capsys.readouterr().out.endswith("released: 1\n")
    assert production.current().version == "1"


def test_a_champion_whose_package_was_damaged_does_not_come_back(contest: Path) -> None:
    ledger.record(date(2013, 3, 15), "released", "2", by="Kim")
    production.switch_to("2")
    (package.place("1", environment.PRODUCTION) / "card.md").unlink()

    with pytest.raises(Refused, match="card.md is not what was packaged"):
        roll_back()

    assert production.released() == "2"
