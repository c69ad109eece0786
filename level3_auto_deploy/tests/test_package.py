"""A package holds all that production needs, nothing that executes, and not a byte that nobody packaged."""

import contextlib
import json
import shutil
from datetime import date
from pathlib import Path
from unittest.mock import Mock

import mlflow
import pandas as pd
import pytest

from flighttime import checkout
from flighttime import compiled
from flighttime import flavor
from flighttime import ingest
from flighttime import package
from flighttime import signing
from flighttime import tracking
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.features import TARGET
from flighttime.train import Trained

PARTS = ["card.md", "encoding.json", "examples.json", "lineage.json", "schema.json", "trees.treelite"]


@pytest.fixture
def folder(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that the test may damage."""
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path))
    shutil.copytree(state / "keys", tmp_path / "keys")
    return shutil.copytree(state / "packages" / "1", tmp_path / "packages" / "1")


def test_it_answers_as_the_trained_model_does(trained: Trained, folder: Path) -> None:
    flights = trained.holdout[FEATURES]

    assert package.load("1").predict(flights) == pytest.approx(trained.pipeline.predict(flights), abs=1e-9)


def test_its_manifest_names_every_part(folder: Path) -> None:
    assert list(package.manifest(folder)) == PARTS


@pytest.mark.parametrize("name", [*PARTS, "manifest.json"])
def test_one_altered_byte_is_refused_by_the_parts_name(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)

    with pytest.raises(Refused, match="is not what was packaged: remove the package's folder and package") as refusal:
        package.load("1")

    assert name in str(refusal.value) or name == "manifest.json"


@pytest.mark.parametrize("name", [*PARTS, "manifest.json"])
def test_a_missing_part_is_refused_by_its_name(folder: Path, name: str) -> None:
    (folder / name).unlink()

    with pytest.raises(Refused, match=f"{name} is not what was packaged"):
        package.load("1")


@pytest.mark.parametrize("name", ["extra.py", "more/extra.py"])
def test_a_part_that_nobody_packaged_is_refused_by_its_name(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).touch()

    with pytest.raises(Refused, match=f"{name} is not what was packaged"):
        package.load("1")


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b"7", b"\xff"])
def test_a_manifest_that_is_none_is_refused(folder: Path, content: bytes) -> None:
    (folder / "manifest.json").write_bytes(content)

    with pytest.raises(Refused, match="manifest.json is not what was packaged"):
        package.load("1")


def test_a_model_that_fails_its_own_examples_is_refused(folder: Path) -> None:
    examples = json.loads((folder / "examples.json").read_text("utf-8"))
    examples[3]["minutes"] += 1e-6
    package.write(folder / "examples.json", examples)
    package.write(folder / "manifest.json", package.digests(folder))
    signing.sign(folder)

    with pytest.raises(Refused, match="packages.1 does not give the answers of its own examples: do not release it"):
        package.load("1")


def test_a_package_that_was_never_made_is_refused() -> None:
    with pytest.raises(Refused, match="there is no package .* make it with python -m flighttime.package --version 9"):
        package.load("9")


def test_a_version_that_was_never_registered_is_refused(settled: Path) -> None:
    with pytest.raises(Refused, match="there is no version '9' in the registry"):
        package.package("9")

    assert [path.name for path in (settled / "packages").iterdir()] == ["1"]


def test_packaging_again_never_rewrites(settled: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (settled / "packages" / "1").iterdir()}

    package.package("1")

    assert {path: path.stat().st_mtime_ns for path in (settled / "packages" / "1").iterdir()} == before


def test_packaging_again_does_not_mend_a_damaged_package_in_silence(folder: Path) -> None:
    (folder / "card.md").write_text("the best model ever", encoding="utf-8")

    with pytest.raises(Refused, match="card.md is not what was packaged"):
        package.package("1")


def test_the_examples_are_flights_it_has_not_seen(folder: Path, trained: Trained) -> None:
    examples = pd.read_json(folder / "examples.json")

    unseen = trained.holdout.head(20)
    assert examples["minutes"].to_numpy() == pytest.approx(trained.pipeline.predict(unseen[FEATURES]), abs=1e-9)
    assert examples["distance"].tolist() == unseen["distance"].tolist()
    assert TARGET not in examples


def test_the_lineage_leads_back_to_run_code_and_data(folder: Path, settled: Path, today: date) -> None:
    lineage = json.loads((folder / "lineage.json").read_text("utf-8"))

    run = tracking.store().get_run(lineage["run"])
    assert lineage["commit"] == run.data.tags["commit"]
    assert lineage["requirements"] == package.digest(checkout.REQUIREMENTS)
    assert lineage["today"] == f"{today}"
    assert (lineage["trained_from"], lineage["trained_until"]) == ("2013-01-01", "2013-02-21")
    assert len(ingest.read(lineage["data_version"])) == len(ingest.read())


def test_the_card_says_what_it_learned_from_how_well_and_its_limits(folder: Path) -> None:
    card = (folder / "card.md").read_text("utf-8")
    lineage = json.loads((folder / "lineage.json").read_text("utf-8"))

    assert "2013-01-01 to 2013-02-21" in card
    assert f"mean error {lineage['metrics']['mae']:.2f} minutes" in card
    assert "Not for planning fuel" in card
    assert "| carrier/UA |" in card
    assert lineage["run"] in card


def test_nothing_in_it_is_a_pickle_or_an_archive_of_one(folder: Path) -> None:
    assert {path.suffix for path in folder.iterdir()} == {".json", ".md", ".treelite"}
    assert compiled.load(folder).trees.dump_as_json()  # all of it is trees


def test_a_model_that_does_not_answer_as_it_was_trained_is_never_packaged(
    contest: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.rmtree(package.place("2"))
    monkeypatch.setattr(compiled, "compile", lambda pipeline: package.load("1"))

    with pytest.raises(Refused, match=r"minutes off the trained one for \{'carrier': "):
        package.package("2")

    assert [path.name for path in (contest / "packages").iterdir()] == ["1"]


def test_the_same_bytes_move_on_to_the_next_environment(folder: Path) -> None:
    signing.trust("staging")

    moved = package.promote("1", "staging")

    assert moved == package.place("1", "staging") != folder
    for path in [*PARTS, "manifest.json", "signature.json"]:
        assert (moved / path).read_bytes() == (folder / path).read_bytes()
    assert package.promote("1", "staging") == moved
    assert package.load("1", "staging")


@pytest.mark.parametrize("damaged", ["origin", "copy"])
def test_what_was_altered_before_or_after_it_moved_is_refused(folder: Path, damaged: str) -> None:
    signing.trust("staging")
    if damaged == "copy":
        package.promote("1", "staging")
    (package.place("1", "staging" if damaged == "copy" else "train") / "card.md").write_text("!", encoding="utf-8")

    with pytest.raises(Refused, match="card.md is not what was packaged"):
        package.promote("1", "staging")

    assert package.place("1", "staging").exists() == (damaged == "copy")


def test_another_package_that_has_its_place_is_refused(folder: Path) -> None:
    signing.trust("staging")
    package.promote("1", "staging")
    (folder / "card.md").write_text("packaged anew", encoding="utf-8")
    package.write(folder / "manifest.json", package.digests(folder))
    signing.sign(folder)

    with pytest.raises(Refused, match="staging.packages.1 is another package than .*: remove the one that is wrong"):
        package.promote("1", "staging")


def test_mlflow_opens_it_by_its_version(settled: Path, trained: Trained) -> None:
    tracking.store()
    flights = trained.holdout[FEATURES].head(10)
    opened = mlflow.pyfunc.load_model("models:/flighttime-package@version-1")

    assert opened.predict(flights) == pytest.approx(trained.pipeline.predict(flights), abs=1e-9)
    unknown = flights.assign(seats=float("nan"))
    assert opened.predict(flights.drop(columns="seats")).tolist() == opened.predict(unknown).tolist()
    assert opened.metadata.run_id == tracking.find("1").run_id


def test_mlflow_does_not_open_it_when_a_byte_was_altered(contest: Path) -> None:
    tracking.store()
    # The record names the folder that the state was copied from, and there is nothing to be altered there.
    logged = Path(mlflow.artifacts.download_artifacts("models:/flighttime-package@version-2", dst_path=contest / "logged"))
    (logged / "data" / "2" / "card.md").write_text("the best model ever", encoding="utf-8")

    with pytest.raises(Refused, match="card.md is not what was packaged"):
        mlflow.pyfunc.load_model(str(logged))


@pytest.mark.parametrize("step", ["log", "set_registered_model_alias"])
def test_packaging_that_died_half_way_ends_with_one_package_and_one_alias(
    step: str,
    contest: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.rmtree(package.place("2"))
    with monkeypatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
        patch.setattr(flavor if step == "log" else mlflow.MlflowClient, step, Mock(side_effect=KeyboardInterrupt))
        package.package("2")

    package.package("2")
    registered = tracking.store().search_model_versions(f"name = '{flavor.NAME}'")
    package.package("2")

    assert len(tracking.store().search_model_versions(f"name = '{flavor.NAME}'")) == len(registered)
    signature = package.digest(package.place("2") / "signature.json")
    assert flavor.registered("version-2") == signature
    assert sorted(tracking.store().get_registered_model(flavor.NAME).aliases) == ["version-1", "version-2"]


def test_its_place_is_told(settled: Path, capsys: pytest.CaptureFixture) -> None:
    package.main(package.parser().parse_args(["--version", "1"]))

    assert capsys.readouterr().out == f"package: {settled / 'packages' / '1'}\n"
