"""A simulated day, and a model in production that is trained once for all tests."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from flighttime import gate
from flighttime import ingest
from flighttime import package
from flighttime import pipeline
from flighttime import release
from flighttime import serving
from flighttime import smoke
from flighttime import train
from flighttime.model import Trained
from groundcrew import settings

TODAY = date(2013, 2, 1)
LATER = date(2013, 2, 22)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", "ignore:Using `httpx` with `starlette.testclient`")


@pytest.fixture(scope="session", autouse=True)
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state folder with a table and a model in production, for tests that only read it."""
    state = tmp_path_factory.mktemp("production")
    with pytest.MonkeyPatch.context() as patch:
        for name in {*settings.VARIABLES, "GITHUB_ACTIONS"} - {"FLIGHTTIME_FEED"}:
            patch.delenv(name, raising=False)
        patch.setenv("FLIGHTTIME_TODAY", f"{TODAY}")
        patch.setenv("FLIGHTTIME_RUNS", str(state))
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        release.release(certified(TODAY), TODAY, "Kim")
        yield state


def certified(day: date) -> str:
    """Train, package and certify a version, without an application in staging."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIGHTTIME_TODAY", f"{day}")
        patch.setattr(smoke, "in_staging", lambda version: "")
        version = pipeline.run(day)
        package.package(version)
        gate.certify(version, day)
    return version


@pytest.fixture(scope="session")
def rivals(production: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same state three weeks later: the gate has promoted version 2, which is better."""
    state = shutil.copytree(production, tmp_path_factory.mktemp("rivals"), dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIGHTTIME_RUNS", str(state))
        certified(LATER)
    return state


@pytest.fixture
def empty_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A state folder in which nothing has been made yet."""
    serving.current.cache_clear()
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / "state"))
    yield tmp_path / "state"
    serving.current.cache_clear()


@pytest.fixture
def own_state(production: Path, empty_state: Path) -> Path:
    """A copy of the state with a model in production, for tests that change it."""
    return shutil.copytree(production, empty_state)


@pytest.fixture
def candidate(rivals: Path, empty_state: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the state in which version 2 waits to be released, for tests that change it."""
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"{LATER}")
    return shutil.copytree(rivals, empty_state)


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    return ingest.TABLE.read()


@pytest.fixture(scope="session")
def trained(table: pd.DataFrame) -> Trained:
    """A model like the one in production: trained on the same rows."""
    return train.fit(table, TODAY)
