"""Each test gets a small project of its own, an empty state folder and a simulated day."""

import os
from datetime import date
from pathlib import Path

import pytest

from groundcrew import settings

TODAY = date(2013, 3, 1)
FEED = Path(__file__).parents[2] / "shared" / "data"
CLEARED = ("FLIGHTTIME_", "GITHUB_", "MLFLOW_")
PROJECT = """
[training]
window_days = 59
holdout_days = 7

[compute]
where = "this machine"
"""


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, state: Path) -> None:
    """The simulated day and the shared feed, and no variable of the outer environment."""
    for name in os.environ:
        if name.startswith(CLEARED):
            monkeypatch.delenv(name)
    monkeypatch.setenv("FLIGHTTIME_FEED", str(FEED))
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(state))
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"{TODAY}")


@pytest.fixture
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of the test."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(autouse=True)
def project(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project with a package, an application and a few settings."""
    root = tmp_path_factory.mktemp("project")
    package = root / "flighttime"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "app.py").write_text("", encoding="utf-8")
    (root / "flighttime.toml").write_text(PROJECT, encoding="utf-8")
    (root / "requirements.txt").write_text("", encoding="utf-8")
    monkeypatch.setattr(settings, "_package", None)  # restored after the test
    settings.use_project(package)
    return root
