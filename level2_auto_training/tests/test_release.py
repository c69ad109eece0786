"""A person names a version, and after a restart it answers."""

import shutil
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from flighttime import production
from flighttime import release
from flighttime import tracking
from flighttime.app import app
from flighttime.errors import Refused


@pytest.fixture
def two_versions(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first version is in production, and a second one is registered."""
    shutil.copytree(state, tmp_path / "two")
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / "two"))
    tracking.register(tracking.find("1").run_id)


def name(version: str) -> None:
    release.main(release.parser().parse_args(["--version", version]))


def test_the_version_named_answers_after_a_restart(two_versions: None) -> None:
    client = TestClient(app)
    assert client.get("/version").json()["model"] == "1"

    name("2")

    assert client.get("/version").json()["model"] == "1"
    production.serving.cache_clear()
    assert client.get("/version").json()["model"] == "2"


def test_an_earlier_version_can_be_gone_back_to(two_versions: None) -> None:
    name("2")

    name("1")

    assert production.current().version == "1"


def test_a_version_that_is_none_is_refused_and_the_one_before_stays(two_versions: None) -> None:
    with pytest.raises(Refused, match="there is no version '7' in the registry: python -m flighttime.pipeline makes"):
        name("7")

    assert production.current().version == "1"


def test_a_version_that_does_not_load_is_refused_and_the_one_before_stays(
    two_versions: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "model.skops").write_bytes(b"PK")
    with monkeypatch.context() as patch, pytest.raises(Refused, match="is not a model file"):
        patch.setattr(tracking, "download", lambda version: tmp_path)
        name("2")

    assert production.current().version == "1"


def test_what_was_released_is_told(two_versions: None, capsys: pytest.CaptureFixture) -> None:
    name("2")

    assert capsys.readouterr().out == "released: 2\n"
