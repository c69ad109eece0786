"""A certified version is released in a person's name, and answers without a restart."""

import shutil
from dataclasses import asdict
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from flighttime import certificates
from flighttime import package
from flighttime import production
from flighttime import release
from flighttime import rollback
from flighttime import tracking
from flighttime.app import app
from flighttime.errors import Refused


@pytest.fixture
def two_versions(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first version is in production, and a second one is certified."""
    shutil.copytree(state, tmp_path / "two")
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / "two"))
    package.package(tracking.register(tracking.find("1").run_id))
    certificate = certificates.Certificate("2", "1", "PROMOTE", "it may", 6000, {})
    package.write(certificates.place("2"), asdict(certificate))


def name(version: str) -> None:
    release.main(release.parser().parse_args(["--version", version, "--approved-by", "Kim", "--today", "2013-03-01"]))


def test_the_version_named_answers_without_a_restart(two_versions: None) -> None:
    client = TestClient(app)
    assert client.get("/version").json()["model"] == "1"

    name("2")

    production.serving.look()
    assert client.get("/version").json()["model"] == "2"


def test_an_earlier_version_can_be_gone_back_to(two_versions: None) -> None:
    name("2")

    rollback.main(rollback.parser().parse_args(["--approved-by", "Kim", "--today", "2013-03-01"]))

    assert production.current().version == "1"


def test_a_version_that_is_none_is_refused_and_the_one_before_stays(two_versions: None) -> None:
    with pytest.raises(Refused, match="version 7 was not certified: run python -m flighttime.certify"):
        name("7")

    assert production.current().version == "1"


def test_a_version_that_does_not_load_is_refused_and_the_one_before_stays(two_versions: None) -> None:
    (package.place("2") / "trees.treelite").write_bytes(b"PK")

    with pytest.raises(Refused, match="trees.treelite is not what was packaged"):
        name("2")

    assert production.current().version == "1"


def test_what_was_released_is_told(two_versions: None, capsys: pytest.CaptureFixture) -> None:
    name("2")

    told = "FLIGHTTIME_APP names no application, so none was asked whether it answers as it should\n"
    assert capsys.readouterr().out == told + "released: 2\n"
