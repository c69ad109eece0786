"""A package: all that production needs, nothing that executes, and not a byte unsigned."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flighttime import environments
from flighttime import package
from flighttime import smoke
from groundcrew import files
from groundcrew import packages
from groundcrew import registry
from groundcrew import signing
from groundcrew.errors import UserError

DOCUMENTS = ["card.md", "encoding.json", "examples.json", "lineage.json", "schema.json"]


def test_it_holds_trees_and_documents_and_nothing_else() -> None:
    parts = {path.name for path in package.path("1").iterdir()}

    assert parts == {*DOCUMENTS, "trees.treelite", "manifest.json", "signature.json"}


def test_its_lineage_and_its_card_lead_back_to_the_run() -> None:
    lineage = files.read_json(package.path("1") / "lineage.json")
    card = (package.path("1") / "card.md").read_text(encoding="utf-8")

    tags = registry.run("1").data.tags
    assert lineage["run"] == registry.run("1").info.run_id
    assert (lineage["commit"], lineage["data_digest"]) == (tags["commit"], tags["data_digest"])
    assert lineage["run"] in card
    assert f"{tags['trained_from']} to {tags['trained_until']}" in card


SPOILS = [
    (lambda folder: (folder / "card.md").write_text("the best model"), "card.md"),
    (lambda folder: (folder / "signature.json").unlink(), "has no signature.json"),
    (lambda folder: shutil.copytree(package.path("1"), folder, dirs_exist_ok=True), "version 1"),
]


@pytest.mark.parametrize(("spoil", "reason"), SPOILS)
def test_it_is_refused_if_altered_or_unsigned_or_of_another_version(
    candidate: Path, spoil: Callable, reason: str
) -> None:
    spoil(package.path("2"))

    with pytest.raises(UserError, match=reason):
        package.load("2")


def test_each_environment_opens_what_its_own_trusted_key_signed(
    candidate: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = environments.trusted_key(environments.STAGING)
    with monkeypatch.context() as patch:
        patch.setenv("FLIGHTTIME_RUNS", f"{tmp_path / 'another project'}")
        signing.trust(key)

    with pytest.raises(UserError, match="is not signed by the key in .*trusted.pem"):
        package.install("2", environments.STAGING)

    assert package.install("2", environments.PRODUCTION).version == "2"


def test_a_candidate_answers_its_own_examples_in_staging(candidate: Path) -> None:
    assert smoke.in_staging("2") == ""

    assert (registry.alias(registry.CHALLENGER), registry.champion()) == ("2", "1")
    assert packages.digest(package.path("2", "staging")) == packages.digest(package.path("2"))
