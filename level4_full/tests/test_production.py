"""What is in production is the champion, and what is missing is said in words."""

import shutil
from pathlib import Path

import pytest

from flighttime import environment
from flighttime import package
from flighttime import production
from flighttime.errors import Refused


def test_without_a_model_the_remedy_names_the_command() -> None:
    with pytest.raises(Refused, match="no model is in production: release one with python -m flighttime.release"):
        production.current()


def test_the_version_switched_to_is_known_by_its_number(settled: Path) -> None:
    assert production.released() == "1"
    assert production.current().version == "1"


def test_a_version_that_the_registry_does_not_have_is_refused(fresh: Path) -> None:
    with pytest.raises(Refused, match="there is no version '7' in the registry: python -m flighttime.pipeline makes"):
        production.switch_to("7")


def test_the_serving_model_is_read_once(settled: Path) -> None:
    assert production.serving() is production.serving()


def test_a_model_put_in_place_later_is_found(settled: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(settled, tmp_path / "another")
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / "another"))
    production.switch_to(None)
    with pytest.raises(Refused):
        production.serving()

    production.switch_to("1")

    assert production.serving().version == "1"


def test_what_answers_is_told_of_though_its_package_is_gone(
    settled: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(shutil.copytree(settled, tmp_path / "another")))
    answering = production.serving()
    words = production.record(answering)["Card"]
    assert list(words) == ["For", "Data", "Measured", "Limits", "Made"]
    assert words["For"].endswith("Not for planning fuel.")
    assert not {"*", "|", "\n"} & set("".join(words.values()))

    shutil.rmtree(package.place("1", environment.PRODUCTION))

    assert "it is gone: there is no " in production.record(answering)["Card"]["In full"]


@pytest.mark.parametrize(
    ("name", "why"),
    [("train", "nobody is answered in train: set FLIGHTTIME_ENVIRONMENT to staging"), ("moon", "'moon' is no environment")],
)
def test_where_nobody_is_answered_it_is_said(settled: Path, monkeypatch: pytest.MonkeyPatch, name: str, why: str) -> None:
    monkeypatch.setenv("FLIGHTTIME_ENVIRONMENT", name)

    with pytest.raises(Refused, match=why):
        production.current()
