"""The highest level's table and a model, for tests that run in its folder."""

from datetime import date

import pandas as pd
import pytest

from flighttime import ingest
from flighttime import train
from groundcrew import feed

TODAY = date(2013, 3, 1)


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every test starts on the simulated day with empty state."""
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"{TODAY}")
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path_factory.mktemp("runs")))


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    """Every flight published by the simulated day."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIGHTTIME_TODAY", f"{TODAY}")
        return ingest.prepare(feed.delivery(TODAY))


@pytest.fixture(scope="session")
def trained(table: pd.DataFrame) -> train.Trained:
    return train.fit(table, TODAY)
