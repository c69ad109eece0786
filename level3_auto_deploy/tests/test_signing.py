"""What is not signed, was changed since, or is signed by somebody else is not opened; whose key counts, a person says."""

import shutil
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flighttime import environment
from flighttime import package
from flighttime import signing
from flighttime import steps
from flighttime.errors import Refused


@pytest.fixture
def folder(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that the test may damage, where train, staging and production trust its key."""
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path))
    for place in ("keys", "packages/1"):
        shutil.copytree(state / place, tmp_path / place)
    for name in ("staging", "production"):
        signing.trust(name)
    return tmp_path / "packages" / "1"


@pytest.fixture
def another_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("somebody") / "else.pem"
    signing.make(path)
    return path


def sign_again(folder: Path) -> None:
    package.write(folder / "manifest.json", package.digests(folder))
    signing.sign(folder)


def test_who_signs_first_makes_a_key_that_every_environment_trusts(folder: Path, tmp_path: Path) -> None:
    for place in ("keys", "staging", "production"):
        shutil.rmtree(tmp_path / place)

    sign_again(folder)

    assert len({signing.trusted(name).read_bytes() for name in environment.ALL}) == 1
    for name in environment.ALL:
        signing.verify(folder, name)


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such mode there")
def test_the_private_key_is_for_its_owner_only_and_lies_in_no_package(folder: Path, tmp_path: Path) -> None:
    (private,) = [path for path in tmp_path.rglob("*") if path.is_file() and b"PRIVATE" in path.read_bytes()]

    assert private == tmp_path / "keys" / "signing.pem"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600


def test_of_two_who_make_the_key_at_once_both_use_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path))

    with ThreadPoolExecutor() as threads:
        keys = [made.result().read_bytes() for made in [threads.submit(signing.key) for _ in range(16)]]

    assert len(set(keys)) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["signing.pem"]


@pytest.mark.parametrize("name", ["trees.treelite", "lineage.json", "card.md"])
def test_a_byte_that_was_altered_with_its_digest_is_refused(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[-2] ^= 1
    (folder / name).write_bytes(content)
    package.write(folder / "manifest.json", package.digests(folder))

    with pytest.raises(Refused, match=f"is not signed by the key that train trusts .*{name}.*: remove the folder and package"):
        package.load("1")


def test_a_package_without_a_signature_is_refused(folder: Path) -> None:
    (folder / "signature.json").unlink()

    with pytest.raises(Refused, match="1 has no signature.json, nobody vouches for it: remove the folder and package"):
        package.load("1")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"mediaType": "other"}'])
def test_a_signature_that_is_none_is_refused(folder: Path, content: bytes) -> None:
    (folder / "signature.json").write_bytes(content)

    with pytest.raises(Refused, match="is not signed by the key that train trusts"):
        package.load("1")


def test_another_key_is_refused_until_a_person_trusts_it(
    folder: Path,
    another_key: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_SIGNING_KEY", str(another_key))
    sign_again(folder)

    with pytest.raises(Refused, match="if the present key is to be trusted there, run .* --trust train"):
        package.load("1")

    monkeypatch.setattr("sys.argv", ["signing", "--trust", "train"])
    steps.run(signing.main, signing.parser())
    package.load("1")


def test_another_signature_of_the_same_key_is_refused(folder: Path, tmp_path: Path) -> None:
    other = shutil.copytree(folder, tmp_path / "packages" / "2")
    (other / "card.md").write_text("another model", encoding="utf-8")
    sign_again(other)

    shutil.copy(other / "signature.json", folder)

    with pytest.raises(Refused, match="is not signed by the key that train trusts"):
        package.load("1")


def test_the_package_of_another_version_under_this_name_is_refused(folder: Path) -> None:
    folder.rename(folder.with_name("7"))

    with pytest.raises(Refused, match="7 is the package of version 1: remove it, and package version 7 again"):
        package.load("7")


@pytest.mark.parametrize("name", ["extra.py", ".gitignore", "more/extra.py"])
def test_a_file_that_was_slipped_in_is_refused_by_its_name(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).touch()

    with pytest.raises(Refused, match=f"{name} is not what was packaged"):
        package.load("1")


def test_parts_that_changed_places_are_refused(folder: Path) -> None:
    (folder / "schema.json").rename(folder / "rest")
    (folder / "encoding.json").rename(folder / "schema.json")
    (folder / "rest").rename(folder / "encoding.json")
    package.write(folder / "manifest.json", package.digests(folder))

    with pytest.raises(Refused, match="is not signed by the key that train trusts"):
        package.load("1")


def test_an_environment_that_trusts_no_key_opens_nothing(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "keys" / "trusted.pem").unlink()

    with pytest.raises(Refused, match="no key is trusted in train, there is no .*trusted.pem: if the present key"):
        package.load("1")


def test_what_one_environment_trusts_is_nothing_to_another(
    folder: Path,
    tmp_path: Path,
    another_key: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_SIGNING_KEY", str(another_key))
    signing.trust("production")

    package.promote("1", "staging")
    with pytest.raises(Refused, match="is not signed by the key that production trusts .* --trust production"):
        package.promote("1", "production")

    assert not list((tmp_path / "production").glob("packages/*"))


@pytest.mark.parametrize(("content", "told"), [(None, "there is no such file"), ("no key", "is no private key")])
def test_a_key_that_is_none_is_refused(
    content: str | None,
    told: str,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if content:
        (tmp_path / "my.pem").write_text(content, encoding="utf-8")
    monkeypatch.setenv("FLIGHTTIME_SIGNING_KEY", str(tmp_path / "my.pem"))

    with pytest.raises(Refused, match=told):
        signing.trust("train")


def test_each_environment_and_the_key_that_it_trusts_is_told(folder: Path, capsys: pytest.CaptureFixture) -> None:
    signing.trusted("staging").unlink()

    signing.main(signing.parser().parse_args([]))

    train, staging, production = capsys.readouterr().out.splitlines()
    assert train.removeprefix("train: ") == production.removeprefix("production: ")
    assert staging == "staging: trusts no key yet"


def test_a_name_that_is_no_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_ENVIRONMENT", "prod")

    with pytest.raises(Refused, match="'prod' is no environment: .* take train, staging, production"):
        environment.current()
