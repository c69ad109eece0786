"""Rebuilding: the record of a run makes the same model again, or says what differs."""

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from flighttime import ingest
from flighttime import model
from flighttime import rebuild
from flighttime import train
from groundcrew import settings

IDENTITY = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with this code in its only commit."""
    folder = tmp_path / "checkout"
    shutil.copytree(settings.root(), folder, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    for arguments in (["init"], ["add", "."], ["commit", "--message", "First"]):
        subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True)
    monkeypatch.setattr(settings, "root", lambda: folder)
    return folder


@pytest.mark.parametrize("refit", [False, True])
def test_a_model_is_rebuilt_bit_by_bit(own_state: Path, refit: bool) -> None:
    run = train.train(date(2013, 1, 20), refit=refit)
    ingest.TABLE.upsert(ingest.TABLE.read().head(5000).assign(air_time=99.0))

    differences = rebuild.rebuild(run)

    assert differences == dict.fromkeys(["code", "settings", "packages", "data", "model"], "")


def test_changes_that_were_not_committed_are_named(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    smaller = model.build().set_params(trees__max_iter=20)
    monkeypatch.setattr(model, "build", lambda: smaller)
    (checkout / "flighttime" / "model.py").write_text("max_iter=20", encoding="utf-8")
    run = train.train(date(2013, 1, 20))

    differences = rebuild.rebuild(run)

    assert differences["code"].startswith("flighttime/model.py was changed and not committed")
    assert differences["model"].startswith("SHA-256 ")
    assert differences["data"] == ""
