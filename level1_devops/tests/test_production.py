"""What is in production is found, named by its content, and missed in words."""

import shutil
from pathlib import Path

import pytest

from flighttime import model
from flighttime import production
from flighttime import settings
from flighttime.errors import Refused
from flighttime.train import Trained


def test_without_a_model_the_remedy_names_the_place() -> None:
    with pytest.raises(Refused, match="no model is in production: copy a trained model.skops to .*production"):
        production.current()


def test_another_file_is_another_version(settled: Path, trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    first = production.current().version

    monkeypatch.setenv("FLIGHTTIME_RUNS", str(settled / "elsewhere"))
    folder = settings.runs() / "production"
    folder.mkdir(parents=True)
    trained.pipeline.set_params(trees__verbose=0)
    model.save(trained.pipeline, folder / "model.skops")
    assert production.current().version != first


def test_the_serving_model_is_read_once(settled: Path) -> None:
    assert production.serving() is production.serving()


def test_a_model_put_in_place_later_is_found(settled: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path))
    with pytest.raises(Refused):
        production.serving()

    shutil.copytree(settled / "production", tmp_path / "production")

    assert production.serving().version


@pytest.mark.parametrize("becomes", ["gone", "another"])
def test_what_answers_is_told_of_though_its_file_is_gone_or_another(
    settled: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    becomes: str,
) -> None:
    shutil.copytree(settled / "production", tmp_path / "production")
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path))
    answering = production.serving()
    before = production.record(answering)["In short"]

    production.place().unlink()
    if becomes == "another":
        production.place().write_bytes(b"another model")
    after = production.record(answering)["In short"]

    assert before["Version"] == after["Version"] == answering.version
    assert "by this machine's clock" in before["In production since"]
    assert after["In production since"].startswith("nobody can tell any more: it is no longer in place")
