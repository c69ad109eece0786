"""Keys change while packages are in use: nothing in use, and no way back, is ever untrusted."""

import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from groundcrew import certificates
from groundcrew import commands
from groundcrew import files
from groundcrew import keys
from groundcrew import ledger
from groundcrew import locks
from groundcrew import packages
from groundcrew import registry
from groundcrew import signing
from groundcrew.errors import UserError
from groundcrew.keys import __main__ as command
from groundcrew.keys import in_use
from groundcrew.signing import documents
from groundcrew.signing import trusted as trusted_keys

# 1 was the champion before 2, which is the champion; 3 waits; 4 was trained and is not in use.
VERSIONS = ["1", "2", "3", "4"]
IN_USE = ["1", "2", "3"]
ENVIRONMENTS = ["", "production"]


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    model = SimpleNamespace(aliases={"champion": 2, "challenger": 3}, tags={})
    monkeypatch.setattr(registry, "registered_model", lambda: model)
    monkeypatch.setattr(registry, "champion", lambda: "2")
    monkeypatch.setattr(registry, "challenger", lambda: "")
    monkeypatch.setattr(registry, "shadow", lambda: "")


def folder(state: Path, environment: str, version: str) -> Path:
    return state / environment / "packages" / version


def trusted(state: Path, environment: str) -> Path:
    return state / environment / "trusted.pem"


def current() -> str:
    return trusted_keys.fingerprint(signing.public_key(signing.private_key()))


@pytest.fixture
def released(state: Path, today: date) -> str:
    """Two environments with packages, releases in the ledger; returns the key that signed them."""
    for environment in ENVIRONMENTS:
        signing.trust(trusted(state, environment))
    for version in VERSIONS:
        made = folder(state, "", version)
        made.mkdir(parents=True)
        (made / "model.txt").write_text(f"model {version}", encoding="utf-8")
        packages.seal(made)
        shutil.copytree(made, folder(state, "production", version))
        certificates.write({"version": version, "outcome": "PROMOTE"})
        if version in ("1", "2"):
            evidence = {"package": packages.digest(made)}
            ledger.record(today, ledger.RELEASED, version, by="Kim", evidence=evidence)
    return current()


def verify_all(state: Path, versions: list[str] = VERSIONS) -> None:
    for environment in ENVIRONMENTS:
        for version in versions:
            packages.verify(folder(state, environment, version), trusted(state, environment))


def signers(state: Path) -> dict[str, set[str]]:
    """By which keys the packages of each version are signed."""
    return {
        version: {signing.signer(folder(state, name, version)) for name in ENVIRONMENTS}
        for version in VERSIONS
    }


def test_a_new_key_signs_what_is_in_use_and_the_old_one_is_trusted_beside_it(
    state: Path, released: str, today: date
) -> None:
    digests = [packages.digest(folder(state, "production", version)) for version in VERSIONS]

    new = keys.rotate(today, "Kim", "the yearly change")

    assert new == current() != released
    assert in_use.fingerprints() == [released, new]
    assert signers(state) == {version: {new} for version in IN_USE} | {"4": {released}}
    verify_all(state)
    # So that what was approved is still approved.
    assert digests == [packages.digest(folder(state, "production", each)) for each in VERSIONS]


def test_certificates_of_what_is_in_use_are_signed_again(
    state: Path, released: str, today: date, tmp_path: Path
) -> None:
    keys.rotate(today, "Kim")

    signing.trust(tmp_path / "new.pem")
    for version in VERSIONS:
        certificate = files.read_json(certificates.path(version))
        assert documents.is_signed(certificate, tmp_path / "new.pem") == (version in IN_USE)
        assert certificates.read(version, trusted(state, "production")) == certificate


def test_an_altered_certificate_is_not_signed_again(
    state: Path, released: str, today: date
) -> None:
    path = certificates.path("3")
    files.write_json(path, files.read_json(path) | {"outcome": "TIE"})

    keys.rotate(today, "Kim")

    with pytest.raises(UserError, match="3.json was altered, or is not signed by the key"):
        certificates.read("3", trusted(state, "production"))


def test_a_package_that_the_ledger_does_not_name_is_not_signed_again(
    state: Path, released: str, today: date, capsys: pytest.CaptureFixture
) -> None:
    forged = folder(state, "production", "1")
    (forged / "model.txt").write_text("by who had the old key", encoding="utf-8")
    packages.seal(forged)

    keys.rotate(today, "Kim")

    assert signing.signer(forged) == released
    assert f"{forged} is not a package that the ledger names" in capsys.readouterr().err


def test_an_altered_package_in_use_stops_the_rotation_before_another_key_signs(
    state: Path, released: str, today: date
) -> None:
    (folder(state, "production", "1") / "model.txt").write_text("altered", encoding="utf-8")

    with pytest.raises(UserError, match="model.txt is not what was packaged: remove the package"):
        keys.rotate(today, "Kim")

    assert current() == released
    assert [entry["decision"] for entry in ledger.entries()] == ["released", "released"]


def test_the_ledger_says_who_changed_keys_and_when(state: Path, released: str, today: date) -> None:
    new = keys.rotate(today, "Kim", "the yearly change")
    keys.revoke(released, today, "Lee")

    rotated, revoked = ledger.entries()[-2:]
    assert (rotated["decision"], rotated["by"], rotated["day"]) == (
        "key rotated",
        "Kim",
        f"{today}",
    )
    assert rotated["evidence"] == {"key": new, "before": released}
    assert rotated["reason"] == "the yearly change"
    assert (revoked["decision"], revoked["by"]) == ("key revoked", "Lee")
    assert revoked["evidence"] == {"key": released}


def test_a_package_that_only_a_revoked_key_signed_is_refused_by_name(
    state: Path, released: str, today: date
) -> None:
    keys.rotate(today, "Kim")

    keys.revoke(released[:8], today, "Kim")

    verify_all(state, IN_USE)
    for environment in ENVIRONMENTS:
        old = folder(state, environment, "4")
        with pytest.raises(UserError, match=f"by the key {released[:12]}, which was revoked on 20"):
            packages.verify(old, trusted(state, environment))
    with pytest.raises(UserError, match="4.json was altered, or is not signed by the key"):
        certificates.read("4", trusted(state, "production"))


def test_a_revoked_key_is_not_trusted_again_by_mistake(
    state: Path, released: str, today: date, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(signing.private_key(), tmp_path / "old.pem")
    keys.rotate(today, "Kim")
    keys.revoke(released, today, "Kim")
    monkeypatch.setenv("FLIGHTTIME_SIGNING_KEY", str(tmp_path / "old.pem"))

    with pytest.raises(UserError, match=f"the key {released[:12]} was revoked on 2013-03-01"):
        signing.keys.trust_also(trusted(state, "production"))
    with pytest.raises(UserError, match="was revoked on 2013-03-01"):
        keys.rotate(today, "Kim", to=tmp_path / "old.pem")

    assert released not in in_use.fingerprints()


@pytest.mark.parametrize("version", IN_USE)
@pytest.mark.parametrize("where", ENVIRONMENTS)
def test_a_key_that_alone_signs_something_in_use_is_not_revoked(
    state: Path, released: str, today: date, version: str, where: str
) -> None:
    place = folder(state, where, version)
    before = (place / signing.SIGNATURE).read_bytes()
    keys.rotate(today, "Kim")
    (place / signing.SIGNATURE).write_bytes(before)  # such as a release of what was packaged before

    with pytest.raises(UserError, match=r"only, and version . is in use, or the way b") as refusal:
        keys.revoke(released, today, "Kim")
    assert f"{place} is signed by the key {released[:12]}" in f"{refusal.value}"
    assert "run python -m groundcrew.keys resign first" in f"{refusal.value}"
    verify_all(state)

    keys.resign("Kim")

    assert keys.revoke(released, today, "Kim") == released
    verify_all(state, IN_USE)


def test_the_key_that_signs_is_not_revoked(
    state: Path, released: str, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "replace", fail_for(keys.NEXT, Path.replace))
    with pytest.raises(OSError, match="full"):
        keys.rotate(today, "Kim")

    for key in in_use.fingerprints():
        with pytest.raises(UserError, match="is the key that signs: run .* rotate first"):
            keys.revoke(key, today, "Kim")

    assert len(in_use.fingerprints()) == 2


def fail_for(name: str, function: Callable) -> Callable:
    def call(path: Path, *arguments: object) -> object:
        if path.name == name:
            raise OSError("the disk is full")
        return function(path, *arguments)

    return call


@pytest.mark.parametrize("given", ["", "abc", "f" * 64, "0" * 8])
def test_a_fingerprint_that_names_no_trusted_key_is_refused(
    state: Path, released: str, today: date, given: str
) -> None:
    with pytest.raises(
        UserError, match=rf"'{given}' names no trusted key \(trusted: {released:.12}"
    ):
        keys.revoke(given, today, "Kim")


def test_a_change_of_keys_needs_a_name(released: str, today: date) -> None:
    for change in (
        lambda: keys.rotate(today, " "),
        lambda: keys.resign(""),
        lambda: keys.revoke(released, today, ""),
    ):
        with pytest.raises(UserError, match="empty --by: say who changes them"):
            change()

    assert current() == released


def test_keys_do_not_change_during_a_release(released: str, today: date) -> None:
    with locks.exclusive("release"):
        with pytest.raises(UserError, match="another release is running"):
            keys.rotate(today, "Kim")

    assert current() == released


def test_a_key_kept_elsewhere_is_replaced_by_a_key_that_is_named(
    state: Path, released: str, today: date, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, new = tmp_path / "secret.pem", tmp_path / "new" / "secret.pem"
    shutil.copy(signing.private_key(), secret)
    monkeypatch.setenv("FLIGHTTIME_SIGNING_KEY", str(secret))
    with pytest.raises(UserError, match="rotate --to FILE, then let the variable name it"):
        keys.rotate(today, "Kim")

    made = keys.rotate(today, "Kim", to=new)

    # Until the variable names it, the old key signs, and is trusted.
    assert current() == released
    assert in_use.fingerprints() == [released, made]
    monkeypatch.setenv("FLIGHTTIME_SIGNING_KEY", str(new))
    assert current() == made
    assert keys.rotate(today, "Kim", to=new) == made  # nothing more to do
    assert keys.revoke(released, today, "Kim") == released
    assert [entry["decision"] for entry in ledger.entries()[2:]] == ["key rotated", "key revoked"]
    verify_all(state, IN_USE)


KILLS = {
    "the first trust": (trusted_keys, "add", 1),
    "the second trust": (trusted_keys, "add", 2),
    "a signature": (signing, "sign", 1),
    "a later signature": (signing, "sign", 4),
    "a certificate": (documents, "signed", 2),
    "the record": (ledger, "record", 1),
    "the switch": (Path, "replace", 1),
}


@pytest.mark.skipif(sys.platform == "win32", reason="kills processes that it has forked")
@pytest.mark.parametrize("place", KILLS)
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_a_rotation_that_is_killed_anywhere_leaves_all_trusted_and_is_finished_by_the_next(
    state: Path, released: str, today: date, place: str, late: bool
) -> None:
    child = os.fork()
    if not child:
        kill_at(*KILLS[place], late=late)
        keys.rotate(today, "Kim")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    verify_all(state)
    switched = current() != released

    new = current() if switched else keys.rotate(today, "Kim")

    assert new == current() != released
    assert in_use.fingerprints() == [released, new]
    assert signers(state) == {version: {new} for version in IN_USE} | {"4": {released}}
    verify_all(state)
    assert [entry["decision"] for entry in ledger.entries()[2:]] == ["key rotated"]
    assert [path.name for path in (state / "keys").iterdir()] == ["signing.pem"]
    assert sorted(path.name for path in (state / "packages").iterdir()) == VERSIONS


def kill_at(place: object, name: str, call: int, *, late: bool) -> None:
    """Kill this process at a call of a function, before it or after it."""
    function, calls = getattr(place, name), []

    def call_or_kill(*arguments: object, **options: object) -> object:
        if name != "replace" or arguments[0].name == keys.NEXT:
            calls.append(arguments)
        if len(calls) == call and not late:
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*arguments, **options)
        if len(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(place, name, call_or_kill)


@pytest.mark.skipif(sys.platform == "win32", reason="kills processes that it has forked")
@pytest.mark.parametrize("call", [1, 2])
def test_a_revocation_that_is_killed_is_finished_by_the_next(
    state: Path, released: str, today: date, call: int
) -> None:
    keys.rotate(today, "Kim")
    child = os.fork()
    if not child:
        kill_at(trusted_keys, "revoke", call, late=False)
        keys.revoke(released, today, "Kim")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL

    keys.revoke(released, today, "Kim")

    assert in_use.fingerprints() == [current()]
    assert [entry["decision"] for entry in ledger.entries()[3:]] == ["key revoked"]


def test_a_package_is_accepted_at_every_moment_while_keys_rotate(
    state: Path, released: str, today: date
) -> None:
    failures, over = [], threading.Event()

    def verify_without_pause() -> None:
        while not over.is_set():
            try:
                verify_all(state, IN_USE)
            except UserError as problem:
                failures.append(f"{problem}")

    reader = threading.Thread(target=verify_without_pause)
    reader.start()
    for _ in range(5):
        keys.rotate(today, "Kim")
    over.set()
    reader.join()

    assert failures == []
    assert len(in_use.fingerprints()) == 6


def test_a_package_that_is_signed_again_between_two_looks_at_it_is_accepted(
    state: Path, released: str, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, looks = signing.signer, []

    def look_and_rotate(place: Path) -> str:
        looks.append(found := look(place))
        if len(looks) == 1:
            keys.rotate(today, "Kim")
        return found

    monkeypatch.setattr(signing, "signer", look_and_rotate)

    signing.verify(folder(state, "production", "2"), trusted(state, "production"))

    assert looks[0] == released


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr("sys.argv", ["keys", *arguments])
    commands.run(command.main)


def test_the_command_changes_keys(
    state: Path, released: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    run(monkeypatch, "rotate", "--by", "Kim")
    run(monkeypatch, "resign", "--by", "Kim")
    run(monkeypatch)
    run(monkeypatch, "revoke", released[:12], "--by", "Kim")
    run(monkeypatch)

    assert capsys.readouterr().out.splitlines() == [
        f"fingerprint: {current()}",
        f"fingerprint: {current()}",
        f"trusted: {released}, {current()}",
        f"revoked: {released}",
        f"trusted: {current()}",
    ]


@pytest.mark.parametrize("arguments", [["turn"], ["rotate", "abc"], ["revoke"]])
def test_an_unknown_change_is_refused(
    released: str,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    with pytest.raises(SystemExit):
        run(monkeypatch, *arguments, "--by", "Kim")

    assert "is no change of keys: choose rotate, resign, revoke" in capsys.readouterr().err
    assert current() == released


def test_a_file_of_trusted_keys_that_holds_something_else_is_named(
    state: Path, released: str, today: date
) -> None:
    trusted(state, "production").write_text("no key", encoding="utf-8")

    with pytest.raises(UserError, match=r"production.trusted.pem is not a file of public keys"):
        keys.revoke(released, today, "Kim")


def test_a_project_without_packages_can_change_its_key(today: date) -> None:
    before = current()

    assert keys.rotate(today, "Kim") == current() != before
