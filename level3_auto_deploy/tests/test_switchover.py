"""A release is done or undone, whatever the application says and wherever it dies; the ledger tells which."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from flighttime import certificates
from flighttime import journal
from flighttime import ledger
from flighttime import package
from flighttime import production
from flighttime import release
from flighttime import rollback
from flighttime import smoke
from flighttime.certificates import Certificate
from flighttime.errors import Refused

TODAY = date(2013, 3, 15)
BAD = "http://app: one flight: 7 minutes, and the package promises 8"


class Killed(BaseException):
    """Stands for kill -9: nothing is tidied up."""


@dataclass
class World:
    """A registry and an application of which only the version matters: it is version 1."""

    champion: str | None = "1"
    broken: str = ""
    killed_at: str = ""

    def reach(self, step: str) -> None:
        if self.killed_at == step:
            self.killed_at = ""
            raise Killed

    def promote(self, version: str, to: str) -> Path:
        self.reach("the copy")
        return package.place(version, to)

    def switch_to(self, version: str | None) -> None:
        self.reach("the switch")
        self.champion = version
        self.reach("the smoke test")

    def check(self, address: str, version: str) -> list[str]:
        assert version == self.champion
        return [BAD] if version == self.broken else []

    def certificate(self, version: str) -> Certificate:
        if version == self.champion:
            raise Refused(f"version {version} is the champion already")
        return Certificate(version, self.champion, "PROMOTE", "better", 6000, {})


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setenv("FLIGHTTIME_APP", "http://app")
    monkeypatch.setattr(certificates, "promotion", world.certificate)
    monkeypatch.setattr(package, "promote", world.promote)
    monkeypatch.setattr(package, "load", lambda *_: None)
    monkeypatch.setattr(package, "digest", lambda path: "c0ffee")
    monkeypatch.setattr(production, "released", lambda: world.champion)
    monkeypatch.setattr(production, "switch_to", world.switch_to)
    monkeypatch.setattr(smoke, "check", world.check)
    ledger.record(date(2013, 3, 1), "released", "1", by="Kim", reason="the first")
    record = ledger.record

    def noted(today: date, decision: str, version: str, **evidence: object) -> None:
        world.reach(decision)
        record(today, decision, version, **evidence)

    monkeypatch.setattr(ledger, "record", noted)
    return world


def decisions() -> list[str]:
    return [f"{entry['decision']} {entry['version']}" for entry in ledger.entries()[1:]]


def let_go(version: str = "2") -> None:
    release.release(version, TODAY, "Kim")


def killed(there: World, step: str, deed: Callable[[], object]) -> None:
    there.killed_at = step
    with pytest.raises(Killed):
        deed()


def test_a_release_is_announced_then_done_tried_and_written_down(there: World) -> None:
    let_go()

    assert there.champion == "2"
    assert decisions() == ["releasing 2", "released 2"]
    evidence = {"outcome": "PROMOTE", "flights": 6000, "package": "c0ffee"}
    told = {"by": "Kim", "reason": "better", "evidence": evidence}
    assert [{name: entry[name] for name in told} for entry in ledger.entries()[1:]] == [told, told]


def test_a_version_that_fails_its_smoke_test_is_taken_back_by_itself(there: World) -> None:
    there.broken = "2"

    with pytest.raises(Refused, match=f"version 2 was taken back, version 1 answers again: {BAD}: look at the app"):
        let_go()

    assert there.champion == "1"
    assert decisions() == ["releasing 2", "rolled back to 1"]
    assert ledger.entries()[-1]["reason"] == f"away from version 2: {BAD}"
    assert ledger.champions() == ["1"]


def test_a_version_that_nobody_can_try_is_taken_back_too(there: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(address: str, version: str) -> list[str]:
        raise Refused(f"there is no package of version {version}")

    monkeypatch.setattr(smoke, "check", check)

    with pytest.raises(Refused, match="version 2 was taken back, version 1 answers again .*no package of version 2"):
        let_go()

    assert there.champion == "1"
    assert decisions() == ["releasing 2", "rolled back to 1"]


def test_the_first_version_ever_that_fails_its_smoke_test_leaves_no_champion(there: World) -> None:
    ledger.place().unlink()
    there.champion, there.broken = None, "1"

    with pytest.raises(Refused, match="version 1 was taken back, there is no champion: "):
        let_go("1")

    assert there.champion is None
    assert [entry["decision"] for entry in ledger.entries()] == ["releasing", "taken back"]
    assert ledger.champions() == []


def test_where_no_application_is_named_nobody_is_asked(
    there: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.delenv("FLIGHTTIME_APP")
    there.broken = "2"

    let_go()

    assert there.champion == "2"
    assert "FLIGHTTIME_APP names no application" in capsys.readouterr().out


@pytest.mark.parametrize("step", ["the copy", "releasing"])
def test_a_release_that_died_before_it_was_announced_has_changed_nothing(there: World, step: str) -> None:
    killed(there, step, let_go)

    release.recover(TODAY)

    assert there.champion == "1"
    assert decisions() == []


def test_a_release_that_died_before_the_switch_is_undone_and_can_be_repeated(
    there: World,
    capsys: pytest.CaptureFixture,
) -> None:
    killed(there, "the switch", let_go)

    release.recover(TODAY)

    assert there.champion == "1"
    assert decisions() == ["releasing 2", "taken back 2"]
    assert "releasing version 2, begun at 2013-03-15T" in capsys.readouterr().err
    let_go()
    assert there.champion == "2"


@pytest.mark.parametrize("step", ["the smoke test", "released"])
def test_a_release_that_died_after_the_switch_is_finished_by_the_next_try(there: World, step: str) -> None:
    killed(there, step, let_go)

    let_go()

    assert there.champion == "2"
    assert decisions() == ["releasing 2", "released 2"]


@pytest.mark.parametrize("step", ["the smoke test", "rolled back to"])
def test_a_release_that_died_with_a_version_that_fails_is_taken_back_by_the_next(there: World, step: str) -> None:
    there.broken = "2"
    killed(there, step, let_go)

    let_go("3")

    assert there.champion == "3"
    assert decisions()[-2:] == ["releasing 3", "released 3"]
    assert ledger.champions() == ["1", "3"]


@pytest.mark.parametrize("step", ["the switch", "the smoke test", "rolled back to"])
def test_a_rollback_that_died_after_it_was_announced_is_finished_and_goes_no_further(there: World, step: str) -> None:
    let_go("2")
    let_go("3")
    killed(there, step, lambda: rollback.roll_back(TODAY, "Zoë"))

    assert rollback.roll_back(TODAY, "Zoë") == "2"

    assert there.champion == "2"
    assert decisions()[-2:] == ["rolling back to 2", "rolled back to 2"]
    assert ledger.champions() == ["1", "2"]


def test_a_rollback_from_a_release_that_died_halfway_does_not_go_one_too_far(there: World) -> None:
    let_go("2")
    killed(there, "the switch", lambda: let_go("3"))

    assert rollback.roll_back(TODAY, "Zoë") == "2"
    assert there.champion == "2"


def test_a_rollback_stands_though_the_application_does_not_answer_well(there: World) -> None:
    let_go()
    there.broken = "1"

    with pytest.raises(Refused, match="version 1 is the champion again, but http://app: one flight"):
        rollback.roll_back(TODAY, "Zoë")

    assert there.champion == "1"
    assert decisions()[-1] == "rolled back to 1"


def test_with_nothing_left_undone_recovering_changes_nothing(there: World, capsys: pytest.CaptureFixture) -> None:
    let_go()
    before = decisions()
    capsys.readouterr()

    release.main(release.parser().parse_args(["--recover", "--today", "2013-03-16"]))

    assert decisions() == before
    assert capsys.readouterr().out == "released: 2\n"


def test_two_do_not_release_at_once(there: World) -> None:
    with journal.alone("release"), pytest.raises(Refused, match="another release is at work"):
        let_go()

    assert there.champion == "1"
    assert decisions() == []


@pytest.mark.parametrize("given", [[], ["--version", "2"], ["--approved-by", "Kim"]])
def test_who_names_nothing_to_release_is_told_what_to_add(there: World, given: list[str]) -> None:
    with pytest.raises(Refused, match="nothing to release: add --version and --approved-by, or --recover"):
        release.main(release.parser().parse_args(given))
