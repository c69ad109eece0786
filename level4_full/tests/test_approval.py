"""Only a promotion that still holds is released, and only in somebody's name."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from flighttime import certificates
from flighttime import files
from flighttime import ledger
from flighttime import package
from flighttime import production
from flighttime import release
from flighttime import steps
from flighttime.errors import Refused

LATER = date(2013, 3, 15)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry and packages of which only the version that is released matters: it is version 1."""
    released = ["1"]
    monkeypatch.setattr(production, "released", lambda: released[-1])
    monkeypatch.setattr(production, "switch_to", released.append)
    monkeypatch.setattr(package, "promote", lambda version, to: package.place(version, to))
    monkeypatch.setattr(package, "digest", lambda path: "of the package")
    monkeypatch.setattr(package, "load", lambda *_: None)


def certified(outcome: str, champion: str | None = "1") -> None:
    """Let version 2 have been certified so."""
    certificate = certificates.Certificate("2", champion, outcome, "as it turned out", 6000, {})
    files.write_whole(certificates.place("2"), lambda path: package.write(path, asdict(certificate)))


def refused(why: str, by: str = "Kim") -> None:
    """Version 2 is refused, and nothing has changed."""
    before = ledger.entries()
    with pytest.raises(Refused, match=why):
        release.release("2", LATER, by)

    assert production.released() == "1"
    assert ledger.entries() == before


def test_a_promoted_version_becomes_the_champion(contest: Path) -> None:
    certified("PROMOTE")

    release.release("2", LATER, "Kim")

    assert production.released() == "2"
    assert production.current().version == "2"


def test_who_approved_is_written_down_with_the_reason(place: None) -> None:
    certified("PROMOTE")

    release.release("2", LATER, "Kim")

    expected = {
        "day": "2013-03-15",
        "decision": "released",
        "version": "2",
        "by": "Kim",
        "reason": "as it turned out",
    }
    assert expected.items() <= ledger.entries()[-1].items()


@pytest.mark.parametrize("outcome", ["REJECT", "TIE", "INSUFFICIENT DATA"])
def test_what_was_not_promoted_is_refused(place: None, outcome: str) -> None:
    certified(outcome)

    refused(f"version 2 was certified as {outcome} \\(as it turned out\\): train another")


def test_what_was_not_certified_is_refused(place: None) -> None:
    refused("version 2 was not certified: run python -m flighttime.certify --version 2")


@pytest.mark.parametrize("champion", ["7", None], ids=["another", "none"])
def test_a_certificate_against_a_champion_of_the_past_is_refused(place: None, champion: str | None) -> None:
    certified("PROMOTE", champion)

    refused(f"compared with champion {champion}, and now it is 1: run python -m flighttime.certify --version 2")


def test_a_package_that_was_altered_since_is_refused(contest: Path) -> None:
    certified("PROMOTE")
    (package.place("2") / "schema.json").write_text("{}", encoding="utf-8")

    refused("schema.json is not what was packaged")


@pytest.mark.parametrize("nobody", ["", "  "])
def test_nobody_cannot_approve(place: None, nobody: str) -> None:
    certified("PROMOTE")

    refused("nobody approves: name who does with --approved-by", by=nobody)


def test_the_champion_is_not_released_again(place: None) -> None:
    certified("PROMOTE")
    production.switch_to("2")

    with pytest.raises(Refused, match="version 2 is the champion already: there is nothing to release"):
        release.release("2", LATER, "Kim")


def test_a_refusal_is_one_line_for_whoever_called(
    place: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setattr("sys.argv", ["release", "--version", "2", "--approved-by", "Kim"])

    with pytest.raises(SystemExit) as ended:
        steps.run(release.main, release.parser())

    assert ended.value.code == 2
    expected = "error: version 2 was not certified: run python -m flighttime.certify --version 2\n"
    assert capsys.readouterr().err == expected
