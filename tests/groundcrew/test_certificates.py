"""A certificate, and an approval, cover the bytes of one package and not the version's number."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from datetime import timedelta
from pathlib import Path

import pytest

from groundcrew import approvals
from groundcrew import certificates
from groundcrew import files
from groundcrew import ledger
from groundcrew import packages
from groundcrew import registry
from groundcrew import settings
from groundcrew import signing
from groundcrew.errors import NotFound
from groundcrew.errors import UserError
from groundcrew.reports import Check

DAYS = 30
OUTCOMES = ("PROMOTE",)


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "run_id", lambda version: f"run of {version}")
    compared = {"version": "2", "champion": "1", "run": "b2", "champion_run": "a1"}
    monkeypatch.setattr(registry, "compared", lambda *_: compared)


@pytest.fixture
def trusted(tmp_path: Path) -> Path:
    path = tmp_path / "trusted.pem"
    signing.trust(path)
    return path


def make_package(folder: Path, model: str) -> Path:
    """Make the package of another model in this folder; what is there is removed first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "model.txt").write_text(model, encoding="utf-8")
    packages.seal(folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path, trusted: Path) -> Path:
    return make_package(tmp_path / "packages" / "2", "the model that was measured")


@pytest.fixture
def certified(folder: Path, today: date) -> dict:
    """A certificate that promotes version 2."""
    subject = certificates.subject(folder, "1", today, DAYS)
    certificates.write({**subject, "outcome": "PROMOTE", "reason": "better", "error": 0.1 + 0.2})
    return files.read_json(certificates.path("2"))


def test_it_names_the_package_by_digest_and_its_last_day(certified: dict, folder: Path) -> None:
    assert certified["package"] == packages.digest(folder)
    assert certified["valid_until"] == "2013-03-31"


def test_what_is_issued_is_signed_and_in_the_ledger(
    folder: Path, trusted: Path, today: date
) -> None:
    subject = certificates.subject(folder, "1", today, DAYS)
    about = {**subject, "outcome": "REJECT", "reason": "too large", "flights": 7}

    issued = certificates.issue(
        about, [Check("size", "9 MB", False, "REJECT", "")], today, call="9 MB"
    )

    assert certificates.read("2", trusted).items() >= issued.items() > about.items()
    assert [check["name"] for check in issued["checks"]] == ["size"]
    entry = ledger.entries()[-1]
    recorded = (entry["decision"], entry["version"], entry["reason"], entry["call"])
    assert recorded == ("REJECT", "2", "too large", "9 MB")
    assert entry["evidence"] == {"package": packages.digest(folder), "flights": 7}


def test_it_permits_what_it_is_about(
    certified: dict, folder: Path, trusted: Path, today: date
) -> None:
    certificate = certificates.read("2", trusted)

    certificates.require(certificate, folder, today, OUTCOMES)

    assert certificate == certified


def test_a_package_that_was_made_again_from_another_model_is_not_certified(
    certified: dict, folder: Path, today: date
) -> None:
    make_package(folder, "another model")

    with pytest.raises(UserError, match="run python -m flighttime.gate --version 2") as refusal:
        certificates.require(certified, folder, today, OUTCOMES)

    assert f"certified as package {certified['package'][:12]}" in f"{refusal.value}"
    assert f"is package {packages.digest(folder)[:12]}" in f"{refusal.value}"


@pytest.mark.parametrize("days", [0, DAYS])
def test_it_is_valid_until_its_last_day(
    certified: dict, folder: Path, today: date, days: int
) -> None:
    certificates.require(certified, folder, today + timedelta(days=days), OUTCOMES)


def test_after_its_last_day_it_permits_nothing(certified: dict, folder: Path, today: date) -> None:
    later = today + timedelta(days=DAYS + 1)

    with pytest.raises(UserError, match="ended on 2013-03-31, and it is 2013-04-01: run python"):
        certificates.require(certified, folder, later, OUTCOMES)


def test_another_outcome_permits_nothing(certified: dict, folder: Path, today: date) -> None:
    with pytest.raises(UserError, match="version 2: PROMOTE, better"):
        certificates.require(certified, folder, today, ("TIE",))


def test_a_package_without_a_manifest_has_no_digest(folder: Path, today: date) -> None:
    (folder / packages.MANIFEST).unlink()

    assert certificates.subject(folder, "1", today, DAYS)["package"] == ""


def alter(**values: object) -> None:
    path = certificates.path("2")
    files.write_json(path, files.read_json(path) | values)


def sign_with_another_key() -> None:
    settings.runs().joinpath("keys", "signing.pem").unlink()
    certificates.write(files.read_json(certificates.path("2")))


ALTERATIONS = {
    "another outcome": lambda: alter(outcome="TIE"),
    "a later end": lambda: alter(valid_until="2099-01-01"),
    "another package": lambda: alter(package="0" * 64),
    "something more": lambda: alter(more="text"),
    "no signature": lambda: alter(signature=None),
    "no hexadecimal digits": lambda: alter(signature="signed by Kim"),
    "another key": sign_with_another_key,
    "no object": lambda: certificates.path("2").write_text("[7]"),
    "no JSON": lambda: certificates.path("2").write_text("{"),
    # As older code left it.
    "unsigned": lambda: files.write_json(certificates.path("2"), {"outcome": "PROMOTE"}),
}


@pytest.mark.parametrize("alteration", ALTERATIONS.values(), ids=ALTERATIONS)
def test_an_altered_or_unsigned_certificate_permits_nothing(
    certified: dict, trusted: Path, alteration: Callable
) -> None:
    alteration()

    with pytest.raises(UserError, match=r"2.json was altered, or is not signed by the key in .*:"):
        certificates.read("2", trusted)


def test_the_certificate_of_another_version_permits_nothing(certified: dict, trusted: Path) -> None:
    shutil.copy(certificates.path("2"), certificates.path("3"))

    with pytest.raises(UserError, match="3.json was altered, .*: run .*gate --version 3$"):
        certificates.read("3", trusted)


def test_the_champion_is_not_compared_with_itself(folder: Path, today: date) -> None:
    with pytest.raises(UserError, match="version 2 is the champion already: name another one"):
        certificates.subject(folder, "2", today, DAYS)


def test_without_a_trusted_key_no_certificate_permits_anything(
    certified: dict, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="no key is trusted, .*missing.pem does not exist: to"):
        certificates.read("2", tmp_path / "missing.pem")


def test_without_a_certificate_the_message_says_how_to_get_one(trusted: Path) -> None:
    message = "version 7 has no certificate: run python -m flighttime.gate$"
    with pytest.raises(NotFound, match=message):
        certificates.read("7", trusted)


def decide(*decisions: str, package: str = "") -> None:
    evidence = {"evidence": {"package": package}} if package else {}
    for decision in decisions:
        ledger.record(date(2013, 3, 1), decision, "2", **evidence)


@pytest.mark.parametrize("approval", ["releasing", "released"])
def test_the_bytes_that_were_approved_may_serve(folder: Path, approval: str) -> None:
    decide(approval, package=packages.digest(folder))

    approvals.require("2", folder)


@pytest.mark.parametrize("approval", ["split", "shadow"])
def test_an_approval_without_a_digest_is_about_what_was_certified_before(
    folder: Path, approval: str
) -> None:
    decide("PROMOTE", package=packages.digest(folder))
    decide(approval)

    approvals.require("2", folder)

    make_package(folder, "another model")
    with pytest.raises(UserError, match="version 2 is not served, since package .* was approved"):
        approvals.require("2", folder)


def test_a_rollback_approves_no_other_bytes_than_the_release(folder: Path) -> None:
    decide("released", package=packages.digest(folder))
    decide("PROMOTE", package="f" * 64)  # it was packaged again in training, and certified

    decide("rolling back to", "rolled back to")

    approvals.require("2", folder)


def test_the_last_approval_counts(folder: Path) -> None:
    decide("released", package=packages.digest(folder))

    decide("releasing", package="f" * 64)

    with pytest.raises(UserError, match="package ffffffffffff was approved and .* is package"):
        approvals.require("2", folder)


@pytest.mark.parametrize(
    "decisions",
    [
        [],
        ["PROMOTE"],
        ["trained", "TIE"],
        ["taken back"],
        ["releasing", "taken back"],
        ["split", "split ended"],
        ["shadow", "shadow failed"],
        ["shadow", "split", "split ended"],
        ["shadow", "shadow passed", "releasing", "taken back"],
        ["rolled back to"],
    ],
)
def test_a_version_that_no_one_approved_may_not_serve(folder: Path, decisions: list[str]) -> None:
    decide(*decisions, package=packages.digest(folder))
    ledger.record(date(2013, 3, 1), "released", "1", evidence={"package": packages.digest(folder)})

    with pytest.raises(UserError, match="not served, since .*ledger.jsonl has no approval of it"):
        approvals.require("2", folder)


def decide_all(*decisions: str, **evidence: object) -> None:
    """Each decision is written `DECISION VERSION`."""
    for decision in decisions:
        ledger.record(date(2013, 3, 1), *decision.rsplit(" ", 1), **evidence)


@pytest.mark.parametrize(
    "decisions",
    [
        # A release that failed its smoke test, and one that a person took back.
        ["releasing 2", "rolled back to 1"],
        ["releasing 2", "released 2", "rolling back to 1", "rolled back to 1"],
        # Two steps back, and on to another version.
        ["released 2", "released 3", "rolled back to 1", "released 3"],
        # Another version was released during its A/B test or shadow evaluation.
        ["split 2", "releasing 3", "released 3"],
        ["shadow 2", "released 3", "rolled back to 1"],
        # Its alias was moved by hand while a release failed.
        ["released 2", "rolled back to 1", "releasing 3", "rolled back to 2"],
    ],
)
def test_an_approval_ends_with_what_it_was_given_for(folder: Path, decisions: list[str]) -> None:
    decide_all("released 1", *decisions)

    with pytest.raises(UserError, match="version 2 is not served, since .* no approval of it"):
        approvals.require("2", folder)

    decide("releasing", package=packages.digest(folder))
    approvals.require("2", folder)


@pytest.mark.parametrize(
    "decisions",
    [
        ["released 2", "released 3"],
        ["released 2", "released 3", "rolling back to 2"],
        ["released 2", "released 3", "rolling back to 2", "rolled back to 2"],
        # The rollback to it failed, since the registry had lost it for a while.
        ["released 2", "released 3", "rolling back to 2", "taken back 2"],
        # It came back once more, and failed.
        ["released 2", "released 3", "releasing 2", "rolled back to 3"],
        ["shadow 2", "shadow passed 2"],
    ],
)
def test_a_former_champion_may_serve_again(folder: Path, decisions: list[str]) -> None:
    decide_all("released 1", *decisions)

    approvals.require("2", folder)


def test_an_interrupted_release_ends_neither_the_champion_nor_a_shadow(folder: Path) -> None:
    decide("shadow", "releasing")
    ledger.record(date(2013, 3, 1), "taken back", "2", interrupted=True)

    approvals.require("2", folder)


def test_after_a_failed_release_of_other_bytes_the_approved_ones_count(folder: Path) -> None:
    decide("released", package=packages.digest(folder))
    decide_all("released 3", "releasing 2", "taken back 2", evidence={"package": "f" * 64})

    approvals.require("2", folder)


def test_an_approval_of_older_code_names_no_digest_and_permits_the_version(folder: Path) -> None:
    content = {"day": "2013-03-01", "decision": "released", "version": "2"}
    ledger.path().write_text(json.dumps(content) + "\n", encoding="utf-8")

    approvals.require("2", folder)
