"""What is in production is the version that was switched to, and what is missing is said in words."""

import shutil
from pathlib import Path

import pytest

from flighttime import production
from flighttime.errors import Refused


def test_without_a_model_the_remedy_names_the_command() -> None:
    with pytest.raises(Refused, match="no model is in production: release one with python -m flighttime.release"):
        production.current()


def test_the_version_switched_to_is_known_by_its_number(settled: Path) -> None:
    assert production.released() == "1"
    assert production.current().version == "1"


def test_a_version_that_the_registry_does_not_have_is_refused(fresh: Path) -> None:
    production.switch_to("7")

    with pytest.raises(Refused, match="there is no version '7' in the registry: python -m flighttime.pipeline makes"):
        production.current()


def test_the_serving_model_is_read_once(settled: Path) -> None:
    assert production.serving() is production.serving()


def test_a_model_put_in_place_later_is_found(settled: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(settled, tmp_path / "another", ignore=shutil.ignore_patterns("production"))
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / "another"))
    with pytest.raises(Refused):
        production.serving()

    production.switch_to("1")

    assert production.serving().version == "1"


@pytest.mark.parametrize("becomes", ["gone", "another"])
def test_what_answers_is_told_of_though_another_was_switched_to(
    settled: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    becomes: str,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(shutil.copytree(settled, tmp_path / "another")))
    answering = production.serving()
    before = production.record(answering)["In short"]

    production.place().unlink()
    if becomes == "another":
        production.switch_to("2")
    after = production.record(answering)["In short"]

    assert before["Version"] == after["Version"] == "1"
    assert "by this machine's clock" in before["In production since"]
    assert after["In production since"].startswith("nobody can tell any more: it is no longer in place")
