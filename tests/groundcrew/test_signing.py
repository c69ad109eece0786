"""A folder that is unsigned, changed, or signed by another key is refused."""

import shutil
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from model_signing._signing.sign_sigstore_pb import Signature

from groundcrew import commands
from groundcrew import signing
from groundcrew.errors import UserError
from groundcrew.signing import __main__ as command
from groundcrew.signing import keys


@pytest.fixture
def trusted(tmp_path: Path) -> Path:
    """A file that trusts the current key."""
    path = tmp_path / "production" / "trusted.pem"
    signing.trust(path)
    return path


@pytest.fixture
def folder(tmp_path: Path, trusted: Path) -> Path:
    """A folder that the current key has signed."""
    folder = tmp_path / "package"
    (folder / "parts").mkdir(parents=True)
    (folder / "card.md").write_text("a model", encoding="utf-8")
    (folder / "parts" / "trees.bin").write_bytes(bytes(range(256)))
    signing.sign(folder, signing.private_key())
    return folder


@pytest.fixture
def another_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("other") / "key.pem"
    keys.create_key(path)
    return path


def test_a_signed_folder_is_accepted(folder: Path, trusted: Path) -> None:
    signing.verify(folder, trusted)


def test_signing_again_replaces_the_signature(folder: Path, trusted: Path) -> None:
    (folder / "card.md").write_text("another model", encoding="utf-8")

    signing.sign(folder, signing.private_key())

    signing.verify(folder, trusted)


def test_a_signature_that_is_not_written_to_its_end_replaces_none(
    folder: Path, trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_half(signature: Signature, path: Path) -> None:
        path.write_text("{", encoding="utf-8")
        raise OSError("the disk is full")

    monkeypatch.setattr(Signature, "write", write_half)

    with pytest.raises(OSError, match="full"):
        signing.sign(folder, signing.private_key())

    signing.verify(folder, trusted)


@pytest.mark.parametrize("name", ["card.md", "parts/trees.bin"])
def test_an_altered_byte_is_refused_with_the_name_of_the_file(
    folder: Path,
    trusted: Path,
    name: str,
) -> None:
    content = bytearray((folder / name).read_bytes())
    content[-2] ^= 1
    (folder / name).write_bytes(content)

    with pytest.raises(UserError, match=rf"not signed by the key in .* \({name} was altered\)"):
        signing.verify(folder, trusted)


@pytest.mark.parametrize("name", ["extra.py", "parts/extra.py"])
def test_an_added_file_is_refused(folder: Path, trusted: Path, name: str) -> None:
    (folder / name).touch()

    with pytest.raises(UserError, match="is not signed by the key"):
        signing.verify(folder, trusted)


def test_files_that_changed_places_are_refused(folder: Path, trusted: Path) -> None:
    (folder / "card.md").rename(folder / "rest")
    (folder / "parts" / "trees.bin").rename(folder / "card.md")
    (folder / "rest").rename(folder / "parts" / "trees.bin")

    with pytest.raises(UserError, match="is not signed by the key"):
        signing.verify(folder, trusted)


def test_a_folder_without_a_signature_is_refused(folder: Path, trusted: Path) -> None:
    (folder / signing.SIGNATURE).unlink()

    with pytest.raises(UserError, match="has no signature.json: remove the folder and create it"):
        signing.verify(folder, trusted)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"mediaType": "other"}'])
def test_a_malformed_signature_is_refused(folder: Path, trusted: Path, content: bytes) -> None:
    (folder / signing.SIGNATURE).write_bytes(content)

    with pytest.raises(UserError, match="is not signed by the key"):
        signing.verify(folder, trusted)


def test_the_signature_of_another_folder_is_refused(
    folder: Path,
    trusted: Path,
    tmp_path: Path,
) -> None:
    other = shutil.copytree(folder, tmp_path / "other")
    (other / "card.md").write_text("another model", encoding="utf-8")
    signing.sign(other, signing.private_key())

    shutil.copy(other / signing.SIGNATURE, folder)

    with pytest.raises(UserError, match="is not signed by the key"):
        signing.verify(folder, trusted)


def test_another_key_is_refused_until_a_person_trusts_it(
    folder: Path,
    trusted: Path,
    another_key: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_SIGNING_KEY", str(another_key))
    signing.sign(folder, signing.private_key())
    with pytest.raises(UserError, match="run python -m groundcrew.signing --trust") as refusal:
        signing.verify(folder, trusted)
    assert f'"{trusted}"' in str(refusal.value)

    monkeypatch.setattr("sys.argv", ["signing", "--trust", str(trusted)])
    commands.run(command.main)

    signing.verify(folder, trusted)
    # What the key before has signed is still accepted, until that key is revoked.
    monkeypatch.delenv("FLIGHTTIME_SIGNING_KEY")
    signing.sign(folder, signing.private_key())
    signing.verify(folder, trusted)


def test_without_a_trusted_key_nothing_is_accepted(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no key is trusted, .*missing.pem does not exist: to tru"):
        signing.verify(folder, tmp_path / "missing.pem")


def test_a_trusted_file_that_is_not_a_key_is_refused(
    folder: Path, trusted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted.write_bytes(b"another key")

    with pytest.raises(UserError, match="trusted.pem is not a public key: to trust the current"):
        signing.verify(folder, trusted)

    monkeypatch.setattr("sys.argv", ["signing", "--trust", str(trusted)])
    commands.run(command.main)

    signing.verify(folder, trusted)


def test_trusting_first_keeps_a_key_that_is_already_trusted(
    trusted: Path,
    another_key: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = signing.fingerprint(trusted)
    monkeypatch.setenv("FLIGHTTIME_SIGNING_KEY", str(another_key))

    signing.trust_first(trusted)
    signing.trust_first(tmp_path / "staging" / "trusted.pem")

    assert signing.fingerprint(trusted) == before
    assert signing.fingerprint(tmp_path / "staging" / "trusted.pem") != before
    assert signing.fingerprint(tmp_path / "missing.pem") == "trusts no key yet"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file modes")
def test_only_the_owner_can_read_the_private_key(folder: Path, state: Path) -> None:
    key = state / "keys" / "signing.pem"

    assert signing.private_key() == key
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert not [path for path in folder.rglob("*.*") if b"PRIVATE" in path.read_bytes()]


def test_threads_that_create_the_key_at_once_use_the_same_key(state: Path) -> None:
    with ThreadPoolExecutor() as threads:
        futures = [threads.submit(signing.private_key) for _ in range(16)]
        contents = {future.result().read_bytes() for future in futures}

    assert len(contents) == 1
    assert [path.name for path in (state / "keys").iterdir()] == ["signing.pem"]


def test_a_key_that_exists_is_never_replaced(another_key: Path) -> None:
    before = another_key.read_bytes()

    keys.create_key(another_key)

    assert another_key.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "is not a file: name a file"), ("no key", "is not a private key without a password")],
)
def test_a_file_that_is_not_a_private_key_is_refused(
    content: str | None,
    message: str,
    tmp_path: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if content:
        (tmp_path / "my.pem").write_text(content, encoding="utf-8")
    monkeypatch.setenv("FLIGHTTIME_SIGNING_KEY", str(tmp_path / "my.pem"))

    with pytest.raises(UserError, match=message):
        signing.trust(tmp_path / "trusted.pem")
    with pytest.raises(UserError, match=message):
        signing.sign(folder, signing.private_key())


def test_the_command_prints_the_fingerprint_of_the_current_key(
    trusted: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setattr("sys.argv", ["signing"])

    commands.run(command.main)

    assert capsys.readouterr().out == f"fingerprint: {signing.fingerprint(trusted)}\n"
