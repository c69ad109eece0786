"""Level 3 in detail: the package at the gate, releases killed at each step, and rollbacks."""

import html
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from unittest.mock import DEFAULT
from unittest.mock import Mock

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from flighttime import app
from flighttime import environments
from flighttime import gate
from flighttime import ingest
from flighttime import package
from flighttime import release
from flighttime import rollback
from flighttime import serving
from flighttime import smoke
from flighttime import split
from flighttime import tracking
from flighttime import verdict
from groundcrew import certificates
from groundcrew import commands
from groundcrew import files
from groundcrew import ledger
from groundcrew import packages
from groundcrew import registry
from groundcrew import settings
from groundcrew import trees
from groundcrew.errors import UserError

TODAY = date(2013, 2, 22)


def certify(version: str, outcome: str = "PROMOTE", champion: str | None = "1") -> None:
    """Write a certificate as the gate does."""
    subject = certificates.subject(package.path(version), champion, TODAY, 30)
    certificates.write({**subject, "outcome": outcome, "reason": "as it was measured"})


def decisions() -> list[str]:
    return [f"{entry['decision']} {entry['version']}" for entry in ledger.entries()]


@pytest.fixture
def staging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoke, "in_staging", lambda version: "")


def test_an_altered_package_is_rejected_and_not_measured(candidate: Path) -> None:
    (package.path("2") / "trees.treelite").write_bytes(b"other trees")

    certificate = gate.certify("2", TODAY)

    assert (certificate["outcome"], "mean_errors" in certificate) == ("REJECT", False)
    assert "trees.treelite" in certificate["reason"]


@pytest.mark.parametrize(
    ("megabytes", "milliseconds", "reason"),
    [(50.1, 1, "50.100 megabytes, at most 50"), (1, 5.1, "5.100 milliseconds, at most 5")],
)
def test_a_package_that_is_too_large_or_too_slow_is_rejected(
    candidate: Path,
    monkeypatch: pytest.MonkeyPatch,
    megabytes: float,
    milliseconds: float,
    reason: str,
) -> None:
    measured = {"megabytes": megabytes, "milliseconds": milliseconds}
    monkeypatch.setattr(packages, "measure", lambda *_: measured)

    certificate = gate.certify("2", TODAY)

    assert (certificate["outcome"], certificate["reason"]) == ("REJECT", reason)


@pytest.mark.parametrize(("flights", "days", "passed"), [(4, 2, (1, 1)), (5, 3, (0, 0))])
def test_exactly_as_many_flights_and_days_as_needed_are_enough(
    flights: int, days: int, passed: tuple[bool, bool]
) -> None:
    dates = pd.to_datetime(["2013-02-01", "2013-02-01", "2013-02-02", "2013-02-02"])
    errors = pd.DataFrame({"date": dates, **dict.fromkeys(verdict.MODELS, 8.0)})
    errors["champion"] = float("nan")
    limits = {"max_over_median": 1.3, "floor_over_median": 2.0, "floor_over_certified": 3.0}

    found = verdict.checks(errors, {"min_flights": flights, "min_days": days, **limits})

    assert tuple(check.passed for check in found[:2]) == passed


def test_without_a_package_there_is_no_verdict(candidate: Path) -> None:
    before = decisions()

    with pytest.raises(UserError, match="there is no package "):
        gate.certify("3", TODAY)

    assert decisions() == before


def test_flights_published_later_do_not_change_the_verdict(
    candidate: Path, monkeypatch: pytest.MonkeyPatch, staging: None
) -> None:
    before = files.read_json(certificates.path("2"))
    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-02-27")
    ingest.update(date(2013, 2, 27))

    again = gate.certify("2", date(2013, 2, 27))

    assert [again[name] for name in ("outcome", "reason", "mean_errors", "slices")] == [
        before[name] for name in ("outcome", "reason", "mean_errors", "slices")
    ]


def test_a_model_that_differs_from_the_trained_one_is_not_packaged(
    candidate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = package.load("1").model
    monkeypatch.setattr(trees, "compile", lambda *_: other)
    shutil.rmtree(package.path("2"))

    with pytest.raises(UserError, match="differs from the trained one"):
        package.package("2")

    assert not package.path("2").exists()


def test_a_package_made_again_from_another_model_is_not_released_on_the_old_promotion(
    candidate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(package.path("2"))
    with monkeypatch.context() as patch:
        patch.setattr(tracking, "load", lambda version, load=tracking.load: load("1"))
        package.package("2")

    with pytest.raises(UserError, match="version 2 was certified as package .*gate --version 2"):
        release.release("2", TODAY, "Kim")

    assert (registry.champion(), decisions()[-1]) == ("1", "PROMOTE 2")


def test_an_alias_that_was_moved_by_hand_serves_nothing_that_was_not_approved(
    candidate: Path, capsys: pytest.CaptureFixture
) -> None:
    assert serving.current().version == "1"
    package.install("2", environments.PRODUCTION)

    registry.set_alias(registry.CHAMPION, "2")

    reason = "version 2 is not served, since .*ledger.jsonl has no approval of it"
    with pytest.raises(UserError, match=reason):
        serving.load()
    with pytest.raises(UserError, match=reason):
        serving.current.check()
    assert serving.current().version == "1"


def move_alias_by_hand(version: str) -> None:
    registry.set_alias(registry.CHAMPION, version)
    with pytest.raises(UserError, match=f"version {version} is not served, since .* took it back"):
        serving.load()


def test_a_release_that_was_taken_back_is_not_served(
    candidate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, pytest.raises(UserError, match="was taken back"):
        failing = replace(release.SWITCH, smoke_test=lambda version: "it answers nonsense")
        patch.setattr(release, "SWITCH", failing)
        release.release("2", TODAY, "Kim")
    assert serving.load().version == "1"

    move_alias_by_hand("2")

    registry.set_alias(registry.CHAMPION, "1")
    release.release("2", TODAY, "Kim")
    assert serving.load().version == "2"


def test_a_champion_that_was_rolled_back_is_not_served_and_the_one_before_is(
    candidate: Path,
) -> None:
    release.release("2", TODAY, "Kim")
    rollback.roll_back(TODAY, "Zoe")
    assert serving.load().version == "1"

    move_alias_by_hand("2")


def test_a_challenger_is_approved_before_the_application_is_to_open_it(
    candidate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    def set_split(number: str, share: float, set: Callable = registry.set_split) -> None:
        set(number, share)
        opened.append(serving.load().challenger)

    monkeypatch.setattr(registry, "set_split", set_split)
    split.split("2", 0.2, TODAY, "Kim")

    assert [challenger.version for challenger in opened] == ["2"]
    split.split("2", 0, TODAY, "Kim")
    move_alias_by_hand("2")


def test_a_package_in_production_that_is_another_than_the_released_one_is_not_served(
    candidate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release.release("2", TODAY, "Kim")
    shutil.rmtree(package.path("2"))
    shutil.rmtree(package.path("2", environments.PRODUCTION))
    with monkeypatch.context() as patch:
        patch.setattr(tracking, "load", lambda version, load=tracking.load: load("1"))
        package.package("2")
    package.install("2", environments.PRODUCTION)

    with pytest.raises(UserError, match="version 2 is not served, since package .* was approved"):
        serving.load()


def test_a_champion_serves_on_after_its_certificate_has_ended(
    candidate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release.release("2", TODAY, "Kim")

    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-12-31")

    assert serving.load().version == "2"


@pytest.mark.parametrize("outcome", ["PROMOTE", "TIE"])
def test_a_certificate_of_older_code_is_refused_with_the_remedy(
    candidate: Path, outcome: str
) -> None:
    files.write_json(certificates.path("2"), {"outcome": outcome, **registry.compared("2", "1")})

    with pytest.raises(UserError, match="is not signed by .*: run python -m flighttime.gate"):
        release.release("2", TODAY, "Kim")

    assert registry.champion() == "1"


def test_the_page_of_the_model_shows_the_card_of_its_package(candidate: Path) -> None:
    with TestClient(app.create(), base_url="http://localhost") as client:
        page = html.unescape(client.get("/model").text)

    card = (package.path("1", environments.PRODUCTION) / "card.md").read_text(encoding="utf-8")
    assert "expect the error to grow as the model ages (concept drift)" in card
    assert card.strip() in page


def test_packaging_again_does_not_repair_a_damaged_package(candidate: Path) -> None:
    (package.path("2") / "card.md").write_text("the best model", encoding="utf-8")

    with pytest.raises(UserError, match="card.md"):
        package.package("2")


def test_an_unknown_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_ENVIRONMENT", "moon")

    with pytest.raises(UserError, match="FLIGHTTIME_ENVIRONMENT is 'moon': choose staging or prod"):
        environments.current()


def killed_at(decision: str, record: Callable) -> Mock:
    """A ledger that ends the process before it writes this decision."""

    def kill(today: date, made: str, *_: object, **__: object) -> object:
        if made == decision:
            raise KeyboardInterrupt
        return DEFAULT

    return Mock(wraps=record, side_effect=kill)


@pytest.mark.parametrize(("decision", "champion"), [("releasing", "1"), ("released", "2")])
def test_a_release_killed_before_it_is_recorded_is_undone_or_finished(
    candidate: Path, monkeypatch: pytest.MonkeyPatch, decision: str, champion: str
) -> None:
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(ledger, "record", killed_at(decision, ledger.record))
        release.release("2", TODAY, "Kim")

    release.main(today=TODAY)

    assert (registry.champion(), ledger.pending()) == (champion, None)


@pytest.fixture
def three(candidate: Path) -> None:
    """Versions 1, 2 and 3 were released, in this order."""
    release.release("2", TODAY, "Kim")
    package.package(registry.register(registry.run("2").info.run_id))
    certify("3", champion="2")
    release.release("3", TODAY, "Kim")


def test_each_rollback_goes_one_champion_further_back(three: None) -> None:
    champions = [rollback.roll_back(TODAY, "Zoe") for _ in range(2)]

    assert champions == ["2", "1"]
    assert registry.champion() == "1"


def test_a_rollback_that_was_killed_is_finished_and_goes_no_further(
    three: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(ledger, "record", killed_at("rolled back to", ledger.record))
        rollback.roll_back(TODAY, "Zoe")

    assert rollback.roll_back(TODAY, "Zoe") == registry.champion() == "2"


def test_a_champion_with_a_damaged_package_does_not_come_back(three: None) -> None:
    (package.path("2", environments.PRODUCTION) / "card.md").unlink()

    with pytest.raises(UserError, match="card.md"):
        rollback.roll_back(TODAY, "Zoe")

    assert registry.champion() == "3"


def test_a_champion_that_was_deleted_in_the_registry_does_not_come_back(three: None) -> None:
    registry.client().delete_model_version(registry.NAME, "2")
    before = decisions()

    with pytest.raises(UserError, match="there is no version '2' in the registry"):
        rollback.roll_back(TODAY, "Zoe")

    assert decisions() == before
    assert release.SWITCH.recover(TODAY) is None
    assert registry.champion() == "3"


def begin_again(state: Path, version: str) -> None:
    """Give the number of a version to another run, as a new registry does."""
    (run,) = {registry.version(number).run_id for number in ("1", "2")} - {
        registry.version(version).run_id
    }
    with closing(sqlite3.connect(state / "mlflow.db")) as store, store:
        query = "UPDATE model_versions SET run_id = ? WHERE version = ?"
        store.execute(query, (run, version))


def test_the_package_of_before_is_not_released_when_the_registry_begins_again(
    candidate: Path,
) -> None:
    begin_again(candidate, "2")
    certify("2")

    with pytest.raises(UserError, match="is the package of another version 2 .run "):
        package.package("2")
    with pytest.raises(UserError, match="is the package of another version 2 .run "):
        release.release("2", TODAY, "Kim")

    assert (registry.champion(), ledger.pending()) == ("1", None)


def test_a_registry_that_begins_again_is_noticed_while_the_application_runs(
    candidate: Path,
) -> None:
    serving.current.cache_clear()
    assert serving.current().version == "1"
    served = serving.current().champion

    begin_again(candidate, "1")

    with pytest.raises(UserError, match="is the package of another version 1 .run "):
        serving.current.check()
    assert serving.current().champion is served


@pytest.mark.parametrize("version", ["1", "2"])
def test_the_certificate_of_before_permits_no_release_when_the_registry_begins_again(
    candidate: Path, version: str
) -> None:
    begin_again(candidate, version)

    with pytest.raises(UserError, match="version 2 was not compared with champion 1: certify it"):
        release.release("2", TODAY, "Kim")

    assert registry.champion() == "1"


def test_a_model_file_that_was_swapped_is_neither_packaged_nor_certified(candidate: Path) -> None:
    shutil.rmtree(package.path("2"))
    model = registry.download("2", "model") / "model.skops"
    kept = model.read_bytes()
    model.write_bytes((registry.download("1", "model") / "model.skops").read_bytes())

    try:
        with pytest.raises(UserError, match="model.skops is not the file that was recorded"):
            package.package("2")
        with pytest.raises(UserError, match="there is no package"):
            gate.certify("2", TODAY)
    finally:
        model.write_bytes(kept)


@pytest.mark.parametrize("outcome", ["PROMOTE", "TIE"])
def test_a_release_ends_an_ab_test(candidate: Path, outcome: str) -> None:
    certify("2", outcome)
    split.split("2", 0.2, TODAY, "Kim")
    during = registry.serving_state(registry.CHAMPION)
    certify("2")

    release.release("2", TODAY, "Kim")

    assert (during.challenger, during.share) == ("2", 0.2)
    assert registry.serving_state(registry.CHAMPION).challenger == ""


@pytest.mark.parametrize(
    ("version", "share", "reason"),
    [
        ("2", 1.0, "1.0 is not a share: choose 0.01 to 0.99"),
        ("2", -0.1, "-0.1 is not a share"),
        ("2", float("nan"), "nan is not a share"),
        ("2", 0.0, "version 2 is in no A/B test"),
        ("1", 0.2, "version 1 "),
    ],
)
def test_a_wrong_ab_test_is_refused(
    candidate: Path, version: str, share: float, reason: str
) -> None:
    before = decisions()

    with pytest.raises(UserError, match=reason):
        split.split(version, share, TODAY, "Kim")

    assert registry.serving_state(registry.CHAMPION).challenger == ""
    assert decisions() == before


def test_the_command_of_the_workflow_certifies_by_the_strict_rules(
    candidate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple] = []

    def certify(version: str, today: date, **changes: float) -> dict:
        given.append((version, today, changes))
        checks = [{"name": "gain", "value": "0.01", "passed": False}]
        return {"version": version, "outcome": "TIE", "reason": "as good", "checks": checks}

    monkeypatch.setattr(gate, "certify", certify)
    monkeypatch.setattr("sys.argv", ["gate", "--version", "2"])

    commands.run(gate.main)

    assert given == [("2", TODAY, {})]
    assert "gate_in_breach" not in settings.all_sections()
