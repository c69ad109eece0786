"""A package is what was packaged, to the last byte, and predicts its own examples."""

import json
import os
import shutil
import time
from pathlib import Path

import pandas as pd
import pytest

from groundcrew import files
from groundcrew import packages
from groundcrew import registry
from groundcrew import settings
from groundcrew import signing
from groundcrew.errors import UserError
from groundcrew.packages import integrity
from groundcrew.signing import keys

FILES = ["card.md", "examples.json", "lineage.json"]
FEATURES = ["carrier", "seats"]
LINEAGE = {"run": "a1" * 16, "model_digest": "e" * 64}
FLIGHTS = pd.DataFrame({"carrier": ["UA", "B6", "~~"], "seats": [149.0, 20.5, None]})
MINUTES = [0.1 + 0.2, 44.25, 100.0]


def predict_rows(rows: list[tuple]) -> list[float]:
    known = dict(zip([("UA", 149.0), ("B6", 20.5), ("~~", None)], MINUTES, strict=True))
    return [known[row] for row in rows]


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the registry has as the lineage of every version."""
    lineage = dict(LINEAGE)
    monkeypatch.setattr(registry, "lineage", lambda version: lineage)
    return lineage


@pytest.fixture
def trusted(tmp_path: Path) -> Path:
    path = tmp_path / "trusted.pem"
    signing.trust(path)
    return path


@pytest.fixture
def folder(tmp_path: Path, trusted: Path) -> Path:
    """The sealed package of version 1."""
    folder = tmp_path / "packages" / "1"
    folder.mkdir(parents=True)
    (folder / "card.md").write_text("a model", encoding="utf-8")
    files.write_json(folder / "lineage.json", {"version": "1", **LINEAGE})
    packages.write_examples(folder, FLIGHTS, MINUTES)
    packages.seal(folder)
    return folder


def test_the_manifest_names_every_file(folder: Path, trusted: Path) -> None:
    assert packages.verify(folder, trusted, "1") == LINEAGE["run"]

    assert packages.manifest(folder) == {name: files.sha256(folder / name) for name in FILES}
    assert packages.digest(folder) == files.sha256(folder / "manifest.json")


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
def test_one_altered_byte_is_refused_with_the_name_of_the_file(
    folder: Path,
    trusted: Path,
    name: str,
) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)

    with pytest.raises(UserError, match="is not what was packaged: remove the package") as refusal:
        packages.verify(folder, trusted)

    assert name in str(refusal.value) or name == "manifest.json"


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
def test_a_missing_file_is_refused_with_its_name(folder: Path, trusted: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(UserError, match=f"{name} is not what was packaged"):
        packages.verify(folder, trusted)


@pytest.mark.parametrize("name", ["extra.py", ".gitignore", "more/extra.py", "more/manifest.json"])
def test_an_added_file_is_refused_with_its_name(folder: Path, trusted: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).touch()

    with pytest.raises(UserError, match=f"{name} is not what was packaged"):
        packages.verify(folder, trusted)


NOT_A_MANIFEST = [b"", b"{", b"[1, 2]", b"7", b"\xff", b"[" * 100_000]
NO_DIGESTS = [b'{"card.md": 7}', b'{"card.md": "7"}', b'{"card.md": {}}', b'[["card.md", "7"]]']


@pytest.mark.parametrize("content", [*NOT_A_MANIFEST, *NO_DIGESTS])
def test_a_malformed_manifest_is_refused(folder: Path, trusted: Path, content: bytes) -> None:
    (folder / "manifest.json").write_bytes(content)

    with pytest.raises(UserError, match="manifest.json is not what was packaged"):
        packages.verify(folder, trusted)


def test_a_file_that_was_altered_with_its_digest_is_refused(folder: Path, trusted: Path) -> None:
    (folder / "card.md").write_text("the best model ever", encoding="utf-8")
    files.write_json(folder / "manifest.json", packages.digests(folder))

    with pytest.raises(UserError, match="is not signed by the key in .*card.md.* was altered"):
        packages.verify(folder, trusted)


@pytest.mark.parametrize("name", ["extra", "more/extra"])
def test_an_empty_folder_is_an_added_part(folder: Path, trusted: Path, name: str) -> None:
    (folder / name).mkdir(parents=True)

    with pytest.raises(UserError, match=f"{name} is not what was packaged"):
        packages.verify(folder, trusted)


@pytest.mark.skipif(os.name == "nt", reason="needs links and pipes")
@pytest.mark.parametrize("name", ["card.md", "manifest.json", "signature.json", "extra"])
@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_a_part_that_is_no_plain_file_is_refused_without_reading_it(
    folder: Path,
    trusted: Path,
    name: str,
    kind: str,
) -> None:
    path = folder / name
    if path.exists():
        path.rename(folder.parent / "elsewhere")
    if kind == "link":
        path.symlink_to(folder.parent / "elsewhere")
    else:
        os.mkfifo(path) if kind == "pipe" else path.mkdir()

    with pytest.raises(UserError, match=f"{name} is not what was packaged"):
        packages.verify(folder, trusted)


@pytest.mark.parametrize("name", ["card.md", "manifest.json", "signature.json", "extra"])
def test_a_file_that_is_too_large_for_a_package_is_refused_without_reading_it(
    folder: Path,
    trusted: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with (folder / name).open("ab") as file:
        file.truncate(8_000_000_000)  # without taking room on the disk
    monkeypatch.setattr(files, "sha256", lambda path: pytest.fail(f"{path} was read"))
    monkeypatch.setattr(files, "read_json", lambda path: pytest.fail(f"{path} was read"))

    with pytest.raises(UserError, match=f"{name} is not what was packaged"):
        packages.verify(folder, trusted)


def test_files_that_are_too_large_together_are_refused(
    folder: Path,
    trusted: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(integrity, "MAX_PACKAGE_BYTES", (folder / "examples.json").stat().st_size)

    with pytest.raises(UserError, match="is not what was packaged"):
        packages.verify(folder, trusted)


def test_a_missing_package_is_refused(tmp_path: Path, trusted: Path) -> None:
    with pytest.raises(UserError, match="there is no package .*9: run .*.package --version 9"):
        packages.verify(tmp_path / "packages" / "9", trusted)


def test_the_package_of_another_version_is_refused(folder: Path, trusted: Path) -> None:
    renamed = folder.rename(folder.with_name("7"))

    with pytest.raises(UserError, match="7 is the package of version 1: remove it, and package"):
        packages.verify(renamed, trusted, "7")


@pytest.mark.parametrize("name", ["run", "model_digest"])
def test_the_package_of_another_model_with_the_same_number_is_refused(
    folder: Path,
    trusted: Path,
    tmp_path: Path,
    registered: dict[str, str],
    name: str,
) -> None:
    target = tmp_path / "production" / "1"
    packages.copy(folder, target, trusted, "1")
    registered[name] = "b2" * 16

    reason = f"is the package of another version 1 .{name} {LINEAGE[name]}, and {'b2' * 16} in the"
    with pytest.raises(UserError, match=f"{reason} registry.: remove it, and package version 1"):
        packages.verify(folder, trusted, "1")
    with pytest.raises(UserError, match="is the package of another version 1"):
        packages.copy(folder, target, trusted, "1")


def test_a_copy_has_the_same_bytes_and_copying_again_only_verifies(
    folder: Path,
    trusted: Path,
    tmp_path: Path,
) -> None:
    target = tmp_path / "staging" / "1"

    packages.copy(folder, target, trusted, "1")
    times = {path: path.stat().st_mtime_ns for path in target.iterdir()}
    packages.copy(folder, target, trusted, "1")

    assert {path: path.stat().st_mtime_ns for path in target.iterdir()} == times
    for name in [*FILES, "manifest.json", signing.SIGNATURE]:
        assert (target / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize("altered", ["origin", "target"])
def test_a_package_that_was_altered_before_or_after_the_copy_is_refused(
    folder: Path,
    trusted: Path,
    tmp_path: Path,
    altered: str,
) -> None:
    target = tmp_path / "staging" / "1"
    if altered == "target":
        packages.copy(folder, target, trusted)
    ((folder if altered == "origin" else target) / "card.md").write_text("!", encoding="utf-8")

    with pytest.raises(UserError, match=r"[/\\]1[/\\]card.md is not what was packaged"):
        packages.copy(folder, target, trusted)

    assert target.exists() == (altered == "target")


def test_a_package_that_was_altered_while_it_was_copied_is_not_put_in_place(
    folder: Path,
    trusted: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy_bytes = shutil.copytree

    def copy_and_alter(origin: Path, target: Path, **options: bool) -> None:
        copy_bytes(origin, target, **options)
        (target / "card.md").write_text("!", encoding="utf-8")

    monkeypatch.setattr(shutil, "copytree", copy_and_alter)

    with pytest.raises(UserError, match="card.md is not what was packaged"):
        packages.copy(folder, tmp_path / "staging" / "1", trusted)

    assert not list(tmp_path.glob("staging/*"))


def test_a_package_that_the_target_does_not_trust_is_not_copied(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys.create_key(tmp_path / "other.pem")
    monkeypatch.setenv("FLIGHTTIME_SIGNING_KEY", str(tmp_path / "other.pem"))
    signing.trust(tmp_path / "production.pem")

    with pytest.raises(UserError, match="is not signed by the key in .*production.pem"):
        packages.copy(folder, tmp_path / "production" / "1", tmp_path / "production.pem")

    assert not list(tmp_path.glob("production/*"))


def test_another_package_in_the_targets_place_is_refused(
    folder: Path,
    trusted: Path,
    tmp_path: Path,
) -> None:
    target = tmp_path / "staging" / "1"
    packages.copy(folder, target, trusted)
    (folder / "card.md").write_text("packaged again", encoding="utf-8")
    packages.seal(folder)

    with pytest.raises(UserError, match="staging.1 is another package than .*: remove the wrong"):
        packages.copy(folder, target, trusted)


def test_a_model_that_predicts_its_examples_is_accepted(folder: Path) -> None:
    packages.require_examples(folder, predict_rows, FEATURES)

    assert packages.examples(folder)[2] == {"carrier": "~~", "seats": None, "minutes": 100.0}


@pytest.mark.parametrize("minutes", [MINUTES[1] + 1e-6, float("nan")])
def test_a_model_that_does_not_predict_its_examples_is_refused(
    folder: Path,
    minutes: float,
) -> None:
    examples = json.loads((folder / "examples.json").read_text("utf-8"))
    examples[1]["minutes"] = minutes
    files.write_json(folder / "examples.json", examples)

    with pytest.raises(UserError, match="does not predict its own examples: do not release"):
        packages.require_examples(folder, predict_rows, FEATURES)


def test_a_package_without_examples_is_refused(folder: Path) -> None:
    files.write_json(folder / "examples.json", [])

    with pytest.raises(UserError, match="does not predict its own examples"):
        packages.require_examples(folder, predict_rows, FEATURES)


@pytest.mark.parametrize("content", [None, "{"])
def test_examples_that_cannot_be_read_are_reported(folder: Path, content: str | None) -> None:
    (folder / "examples.json").unlink()
    if content:
        (folder / "examples.json").write_text(content, encoding="utf-8")

    with pytest.raises(UserError, match="has no examples that can be read .*: package this"):
        packages.examples(folder)


def test_a_package_that_exists_is_returned(folder: Path) -> None:
    assert packages.require(folder) == folder

    with pytest.raises(UserError, match="there is no package .*9: run .*.package --version 9"):
        packages.require(folder.with_name("9"))


def test_a_copy_that_an_environment_has_lost_is_to_be_copied_again() -> None:
    made = settings.runs() / "packages" / "9"
    made.mkdir(parents=True)

    lost = settings.runs() / "production" / "packages" / "9"
    with pytest.raises(UserError) as refused:
        packages.require(lost)

    assert f"{refused.value}" == f"there is no package {lost}: copy {made} there"


def test_size_and_latency_of_a_package_are_measured(folder: Path) -> None:
    asked = []

    class Slow:
        def predict_rows(self, rows: list[tuple]) -> list[float]:
            asked.extend(rows)
            time.sleep(0.001)
            return predict_rows(rows)

    measured = packages.measure(folder, Slow(), FEATURES)

    size = sum(path.stat().st_size for path in folder.iterdir())
    assert measured["megabytes"] == pytest.approx(size / 1e6)
    assert 1.0 <= measured["milliseconds"] < 100
    assert set(asked) == {("UA", 149.0), ("B6", 20.5), ("~~", None)}
    assert list(measured) == ["megabytes", "milliseconds"]


def test_the_card_is_the_template_with_the_numbers_of_the_lineage(tmp_path: Path) -> None:
    template = tmp_path / "template.md"
    text = "Version {version}: {mae:.2f} minutes\n\n| slice | error |\n|---|---|\n{slices}\n"
    template.write_text(text, encoding="utf-8")
    metrics = {"mae": 7.956, "mae/carrier/UA": 8.25, "flights/carrier/UA": 1400.0}

    packages.write_card(tmp_path, template, {"version": "7", "metrics": metrics})

    assert (tmp_path / packages.CARD).read_text("utf-8") == (
        "Version 7: 7.96 minutes\n\n"
        "| slice | error |\n|---|---|\n"
        "| carrier/UA | 8.25 minutes, 1,400 flights |\n"
    )
