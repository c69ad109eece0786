"""A switch is committed or rolled back, wherever the process dies, and the ledger says which."""

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date

import pytest

from groundcrew import ledger
from groundcrew import locks
from groundcrew.errors import UserError
from groundcrew.transactions import RolledBack
from groundcrew.transactions import Switch
from groundcrew.transactions import attempt

TODAY = date(2013, 3, 15)
FAILURE = "one flight: 7 minutes, and the package promises 8"


class Killed(BaseException):
    """Stands for kill -9."""


@dataclass
class Registry:
    """A registry and an application of which only the version matters: version 1 is champion."""

    champion: str | None = "1"
    missing: set[str] = field(default_factory=set)
    broken: str = ""
    kill_at: str = ""
    registry: str = "the first registry"

    def reach(self, step: str) -> None:
        if self.kill_at == step:
            self.kill_at = ""
            raise Killed

    def set_champion(self, version: str | None) -> None:
        self.reach("the switch")
        if version in self.missing:
            raise UserError(f"there is no version {version!r} in the registry: choose another")
        self.champion = version
        self.reach("the smoke test")

    def smoke_test(self, version: str) -> str:
        assert version == self.champion
        return FAILURE if version == self.broken else ""

    def run_id(self, version: str) -> str:
        if version in self.missing:
            raise UserError(f"there is no version {version!r} in the registry: choose another")
        return f"run of {version} in {self.registry}"

    @property
    def switch(self) -> Switch:
        return Switch(lambda: self.champion, self.set_champion, self.smoke_test, self.run_id)

    def release(self, version: str = "2", **evidence: object) -> None:
        self.switch.run(TODAY, "releasing", version, **{"by": "Kim", **evidence})

    def roll_back(self, version: str) -> None:
        self.switch.run(TODAY, "rolling back to", version, by="Zoë", reason="it is worse")

    def delete(self, version: str) -> None:
        """Delete a version, as MLflow does: its aliases are deleted too."""
        self.missing.add(version)
        if self.champion == version:
            self.champion = None


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    registry = Registry()
    ledger.record(date(2013, 3, 1), "released", "1", by="Kim", reason="the first")
    record = ledger.record

    def record_or_die(today: date, decision: str, version: str, **evidence: object) -> None:
        registry.reach(decision)
        record(today, decision, version, **evidence)

    monkeypatch.setattr(ledger, "record", record_or_die)
    return registry


def decisions() -> list[str]:
    return [f"{entry['decision']} {entry['version']}" for entry in ledger.entries()[1:]]


def kill(registry: Registry, step: str, work: Callable[[], object]) -> None:
    registry.kill_at = step
    with pytest.raises(Killed):
        work()


def test_a_release_records_its_intent_and_its_outcome_with_the_evidence(registry: Registry) -> None:
    registry.release(reason="better", evidence={"flights": 6000})

    assert registry.champion == "2"
    assert decisions() == ["releasing 2", "released 2"]
    intent, outcome = ledger.entries()[1:]
    assert (intent["before"], intent["before_run"]) == ("1", registry.run_id("1"))
    for entry in (intent, outcome):
        assert entry["run"] == registry.run_id("2")
        assert (entry["by"], entry["reason"]) == ("Kim", "better")
        assert entry["evidence"] == {"flights": 6000}


def test_a_release_that_fails_its_smoke_test_is_rolled_back(registry: Registry) -> None:
    registry.broken = "2"

    with pytest.raises(RolledBack, match="version 2 was taken back, version 1 is the champion: "):
        registry.release()

    assert registry.champion == "1"
    assert decisions() == ["releasing 2", "rolled back to 1"]
    assert ledger.entries()[-1]["reason"] == f"away from version 2: {FAILURE}"
    assert ledger.champions() == ["1"]


def test_a_version_that_cannot_be_tested_is_rolled_back(registry: Registry) -> None:
    def smoke_test(version: str) -> str:
        raise UserError(f"there is no package of version {version}")

    switch = replace(registry.switch, smoke_test=smoke_test)

    with pytest.raises(RolledBack, match=r"version 2 was taken back, .* no package of version 2: "):
        switch.run(TODAY, "releasing", "2", by="Kim")

    assert registry.champion == "1"
    assert decisions() == ["releasing 2", "rolled back to 1"]


def test_a_first_version_that_fails_leaves_no_champion(registry: Registry) -> None:
    ledger.path().unlink()
    registry.champion, registry.broken = None, "1"

    with pytest.raises(RolledBack, match="version 1 was taken back, there is no champion: "):
        registry.release("1")

    assert registry.champion is None
    assert [entry["decision"] for entry in ledger.entries()] == ["releasing", "taken back"]
    assert ledger.champions() == []


def test_a_release_of_a_missing_version_is_refused_before_it_is_announced(
    registry: Registry,
) -> None:
    registry.missing = {"2"}

    with pytest.raises(UserError, match="there is no version '2' in") as refusal:
        registry.release()

    assert not isinstance(refusal.value, RolledBack)
    assert registry.champion == "1"
    assert decisions() == []


def test_a_version_that_is_deleted_after_the_announcement_is_rolled_back(
    registry: Registry,
) -> None:
    def delete_and_set(version: str | None) -> None:
        registry.delete("2")
        registry.set_champion(version)

    with pytest.raises(RolledBack, match="version 1 is the champion: there is no version '2' in"):
        replace(registry.switch, set_champion=delete_and_set).run(TODAY, "releasing", "2")

    assert registry.champion == "1"
    assert decisions() == ["releasing 2", "rolled back to 1"]


def test_a_rollback_is_committed_though_its_smoke_test_fails(registry: Registry) -> None:
    registry.release()
    registry.broken = "1"

    with pytest.raises(UserError, match="version 1 is the champion again, but one flight: ") as end:
        registry.roll_back("1")

    assert not isinstance(end.value, RolledBack)
    assert registry.champion == "1"
    assert decisions()[-1] == "rolled back to 1"


def test_a_rollback_to_a_missing_version_is_refused_before_it_is_announced(
    registry: Registry,
) -> None:
    registry.release()
    registry.missing = {"1"}

    with pytest.raises(UserError, match="there is no version '1' in"):
        registry.roll_back("1")

    assert registry.champion == "2"
    assert decisions()[-1] == "released 2"
    assert ledger.champions() == ["1", "2"]
    registry.release("3")
    assert registry.champion == "3"


def test_with_nothing_pending_recovering_changes_nothing(
    registry: Registry,
    capsys: pytest.CaptureFixture,
) -> None:
    registry.release()
    before = ledger.path().read_bytes()

    assert registry.switch.recover(TODAY) is None

    assert ledger.path().read_bytes() == before
    assert capsys.readouterr().err == ""


def test_a_release_that_died_before_its_intent_has_changed_nothing(registry: Registry) -> None:
    kill(registry, "releasing", registry.release)

    assert registry.switch.recover(TODAY) is None

    assert registry.champion == "1"
    assert decisions() == []


def test_a_release_that_died_before_the_switch_is_undone_and_can_be_repeated(
    registry: Registry,
    capsys: pytest.CaptureFixture,
) -> None:
    kill(registry, "the switch", registry.release)

    assert registry.switch.recover(TODAY) == "taken back"

    assert registry.champion == "1"
    assert decisions() == ["releasing 2", "taken back 2"]
    assert ledger.entries()[-1]["interrupted"] is True
    warning = capsys.readouterr().err
    assert "releasing version 2, begun at 2013-03-15T" in warning
    assert warning.endswith("was interrupted: it was undone\n")
    registry.release()
    assert registry.champion == "2"


@pytest.mark.parametrize("step", ["the smoke test", "released"])
def test_a_release_that_died_after_the_switch_is_completed(registry: Registry, step: str) -> None:
    kill(registry, step, lambda: registry.release(reason="better"))

    assert registry.switch.recover(TODAY) == "released"

    assert registry.champion == "2"
    assert decisions() == ["releasing 2", "released 2"]
    assert ledger.entries()[-1]["reason"] == "better"


@pytest.mark.parametrize("step", ["the smoke test", "rolled back to"])
def test_a_release_that_died_and_fails_its_smoke_test_is_rolled_back(
    registry: Registry,
    step: str,
) -> None:
    registry.broken = "2"
    kill(registry, step, registry.release)

    assert registry.switch.recover(TODAY) == "taken back"

    assert registry.champion == "1"
    assert ledger.pending() is None
    assert ledger.champions() == ["1"]


@pytest.mark.parametrize("step", ["the switch", "the smoke test", "rolled back to"])
def test_a_rollback_that_died_is_completed(registry: Registry, step: str) -> None:
    registry.release("2")
    registry.release("3")
    kill(registry, step, lambda: registry.roll_back("2"))

    assert registry.switch.recover(TODAY) == "rolled back to"

    assert registry.champion == "2"
    assert decisions()[-2:] == ["rolling back to 2", "rolled back to 2"]
    assert ledger.champions() == ["1", "2"]


def test_recovering_a_rollback_that_fails_its_smoke_test_commits_it_with_a_warning(
    registry: Registry,
    capsys: pytest.CaptureFixture,
) -> None:
    registry.release()
    registry.broken = "1"
    kill(registry, "the smoke test", lambda: registry.roll_back("1"))

    assert registry.switch.recover(TODAY) == "rolled back to"

    assert registry.champion == "1"
    assert ledger.pending() is None
    assert f"is complete now, but version 1 is the champion again, but {FAILURE}" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("step", ["the switch", "the smoke test", "released"])
def test_recovering_a_release_of_a_version_that_is_gone_restores_the_champion(
    registry: Registry,
    step: str,
) -> None:
    kill(registry, step, registry.release)
    registry.delete("2")

    assert registry.switch.recover(TODAY) == "taken back"

    assert registry.champion == "1"
    assert ledger.pending() is None
    assert ledger.champions() == ["1"]
    assert registry.switch.recover(TODAY) is None


@pytest.mark.parametrize("before_is_gone", [False, True])
def test_recovering_while_the_alias_still_names_a_version_that_is_gone(
    registry: Registry,
    before_is_gone: bool,
    capsys: pytest.CaptureFixture,
) -> None:
    kill(registry, "the smoke test", registry.release)
    registry.missing = {"1", "2"} if before_is_gone else {"2"}

    assert registry.switch.recover(TODAY) == "taken back"

    assert registry.champion == (None if before_is_gone else "1")
    assert decisions()[-1] == ("taken back 2" if before_is_gone else "rolled back to 1")
    assert "there is no version '2' in the registry" in ledger.entries()[-1]["reason"]
    assert ledger.pending() is None
    restoring_failed = "version 1 cannot be the champion again: there is no version '1'"
    assert (restoring_failed in capsys.readouterr().err) == before_is_gone


@pytest.mark.parametrize("step", ["the switch", "the smoke test", "rolled back to"])
def test_recovering_a_rollback_to_a_version_that_is_gone_keeps_the_champion(
    registry: Registry,
    step: str,
) -> None:
    registry.release()
    kill(registry, step, lambda: registry.roll_back("1"))
    registry.delete("1")

    assert registry.switch.recover(TODAY) is None

    assert registry.champion == "2"
    assert decisions()[-1] == "taken back 1"
    assert "there is no version '1' in the registry" in ledger.entries()[-1]["reason"]
    assert ledger.champions() == ["1", "2"]
    assert ledger.pending() is None


@pytest.mark.parametrize("step", ["the switch", "the smoke test"])
def test_recovering_does_not_release_another_model_that_got_the_same_number(
    registry: Registry,
    step: str,
) -> None:
    kill(registry, step, registry.release)
    registry.registry = "another registry"

    assert registry.switch.recover(TODAY) == "taken back"

    assert ledger.pending() is None
    if step == "the smoke test":
        assert registry.champion is None
        assert "version 2 is not the one that was meant" in ledger.entries()[-1]["reason"]


@pytest.mark.parametrize("step", ["the switch", "the smoke test"])
def test_recovering_does_not_roll_back_to_another_model_that_got_the_same_number(
    registry: Registry,
    step: str,
) -> None:
    registry.release()
    kill(registry, step, lambda: registry.roll_back("1"))
    registry.registry = "another registry"

    assert registry.switch.recover(TODAY) is None

    assert registry.champion is None
    assert decisions()[-1] == "taken back 1"


def test_an_announcement_of_older_code_which_names_no_run_is_completed(registry: Registry) -> None:
    ledger.record(TODAY, "releasing", "2", before="1", by="Kim")
    registry.champion = "2"

    assert registry.switch.recover(TODAY) == "released"

    assert registry.champion == "2"


def test_while_the_registry_is_unreachable_the_intent_stays_pending(registry: Registry) -> None:
    kill(registry, "the smoke test", registry.release)

    def unreachable(version: str | None) -> None:
        raise UserError("the registry does not answer: try again later")

    switch = replace(registry.switch, set_champion=unreachable)
    with pytest.raises(UserError, match="the registry does not answer"):
        switch.recover(TODAY)

    assert ledger.pending() is not None
    assert registry.switch.recover(TODAY) == "released"


def test_an_exclusive_block_recovers_first_and_yields_what_became_of_it(registry: Registry) -> None:
    kill(registry, "released", registry.release)

    with registry.switch.exclusive(TODAY) as outcome:
        assert outcome == "released"
        assert ledger.pending() is None

    with registry.switch.exclusive(TODAY) as outcome:
        assert outcome is None


def test_within_an_exclusive_block_no_other_switch_runs(registry: Registry) -> None:
    with registry.switch.exclusive(TODAY):
        with pytest.raises(UserError, match="another release is running"):
            registry.switch.recover(TODAY)
        registry.release()

    assert registry.champion == "2"
    assert registry.switch.recover(TODAY) is None


def test_an_exclusive_block_that_fails_frees_the_lock(registry: Registry) -> None:
    with pytest.raises(ValueError), registry.switch.exclusive(TODAY):
        raise ValueError

    with locks.exclusive("release"):
        pass


def test_an_attempt_returns_why_nothing_was_done(registry: Registry) -> None:
    registry.missing.add("2")

    assert attempt(registry.release).startswith("there is no version '2' in the registry")

    assert decisions() == []


def test_an_attempt_that_is_recorded_is_no_problem(
    registry: Registry, capsys: pytest.CaptureFixture
) -> None:
    registry.broken = "2"

    assert attempt(registry.release) == ""

    assert decisions() == ["releasing 2", "rolled back to 1"]
    assert "warning: version 2 was taken back" in capsys.readouterr().err


def test_an_attempt_that_succeeds_says_nothing(
    registry: Registry, capsys: pytest.CaptureFixture
) -> None:
    assert attempt(registry.release) == ""

    assert (registry.champion, capsys.readouterr().err) == ("2", "")


def test_a_switch_as_of_a_day_before_the_last_decision_is_warned_of(
    project: object, capsys: pytest.CaptureFixture
) -> None:
    registry = Registry()
    with registry.switch.exclusive(TODAY):
        registry.switch.run(TODAY, "releasing", "2", by="Kim")
    registry.switch.recover(date(2013, 3, 1))  # decides nothing
    before = capsys.readouterr().err
    with registry.switch.exclusive(date(2013, 3, 1)):
        pass

    later = capsys.readouterr().err
    assert "lie after" not in before
    assert "'released' of 2013-03-15 lie after 2013-03-01, as of which you decide" in later
    assert "(or FLIGHTTIME_TODAY)" in later
