"""Release: a person names a version, and after a restart it answers."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from flighttime import app
from flighttime import release
from flighttime import serving
from flighttime import tracking
from groundcrew import registry
from groundcrew.errors import UserError


@pytest.fixture(autouse=True)
def second(own_state: Path) -> str:
    """A second version beside the one in production."""
    return registry.register(registry.run("1").info.run_id)


def test_the_released_version_answers_after_a_restart() -> None:
    client = TestClient(app.create())
    before = client.get("/version").json()["model"]

    release.release("2")

    assert (before, client.get("/version").json()["model"]) == ("1", "1")
    serving.current.cache_clear()
    assert client.get("/version").json()["model"] == "2"


def test_an_earlier_version_can_be_released_again() -> None:
    release.release("2")

    release.release("1")

    assert registry.champion() == "1"


def test_a_version_that_does_not_exist_changes_nothing() -> None:
    with pytest.raises(UserError, match="there is no version '7'"):
        release.release("7")

    assert registry.champion() == "1"


def test_a_version_that_does_not_load_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(version: str) -> None:
        raise UserError("it is not the model that was recorded")

    monkeypatch.setattr(tracking, "load", refuse)
    with pytest.raises(UserError, match="not the model that was recorded"):
        release.release("2")

    assert registry.champion() == "1"
