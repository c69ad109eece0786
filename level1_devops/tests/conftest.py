"""A simulated day, and a model in production that is trained once for all tests."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from flighttime import ingest
from flighttime import serving
from flighttime import train
from flighttime.model import Trained
from groundcrew import settings

TODAY = date(2013, 2, 1)


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
        ingest.update(TODAY)
        serving.model_file().parent.mkdir()
        (train.train(TODAY) / "model.skops").rename(serving.model_file())
        yield state


@pytest.fixture
def empty_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A state folder in which nothing has been made yet."""
    serving.current.cache_clear()
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / "state"))
    yield tmp_path / "state"
    serving.current.cache_clear()


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    return ingest.TABLE.read()


@pytest.fixture(scope="session")
def trained(table: pd.DataFrame) -> Trained:
    """A model like the one in production: trained on the same rows."""
    return train.fit(table, TODAY)
