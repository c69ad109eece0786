"""A world for the tests: a simulated day, and state that no other run sees."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import hypothesis
import mlflow
import pandas as pd
import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from flighttime import certify
from flighttime import deploy
from flighttime import ingest
from flighttime import package
from flighttime import pipeline
from flighttime import production
from flighttime import release
from flighttime import staging
from flighttime import tracking
from flighttime import train
from flighttime.features import FEATURES
from flighttime.web import failed

TODAY = date(2013, 3, 1)
A_FORTNIGHT_LATER = date(2013, 3, 15)
OF_A_WORKFLOW = [
    "FLIGHTTIME_APP",
    "FLIGHTTIME_ENVIRONMENT",
    "FLIGHTTIME_OBSERVED",
    "FLIGHTTIME_SIGNING_KEY",
    "FLIGHTTIME_STAGING",
    "GITHUB_ACTIONS",
    "GITHUB_OUTPUT",
    "GITHUB_STEP_SUMMARY",
    "MLFLOW_TRACKING_URI",
]


def pytest_configure(config: pytest.Config) -> None:
    # FastAPI's test client asks for a package that nothing else needs yet.
    config.addinivalue_line("filterwarnings", "ignore:Using `httpx` with `starlette.testclient`")
    hypothesis.settings.register_profile("the same each time", derandomize=True, deadline=None)
    hypothesis.settings.load_profile("the same each time")
    # What it keeps between runs would land in the level's folder, which nothing may write to.
    notes = tempfile.TemporaryDirectory()
    config.add_cleanup(notes.cleanup)
    set_hypothesis_home_dir(notes.name)


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch, fresh: Path) -> Iterator[None]:
    """Every test starts on the simulated day with nothing made yet, and outside any workflow."""
    enter(monkeypatch, fresh)
    yield
    production.serving.cache_clear()


def enter(patch: pytest.MonkeyPatch, state: Path) -> None:
    patch.setenv("FLIGHTTIME_TODAY", f"{TODAY}")
    patch.setenv("FLIGHTTIME_RUNS", str(state))
    # The trial in staging starts a process, which takes seconds: one test does, for all.
    patch.setattr(staging, "asked", lambda version: [])
    # What one test makes fail is not to be counted a second later in the next one's state.
    patch.setattr(failed, "SECONDS", 3600)
    for name in OF_A_WORKFLOW:
        patch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tracking store without a run: to make its tables takes seconds, to copy them does not."""
    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    mlflow.MlflowClient(f"sqlite:///{path.as_posix()}").search_experiments()
    return path


@pytest.fixture
def fresh(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The test's own state, with a tracking store: even who only asks for the champion needs one."""
    state = tmp_path_factory.mktemp("fresh")
    shutil.copy(empty_store, state)
    return state


@pytest.fixture(scope="session")
def state(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """State with a table, a model in production and a released application. Made once: only look at it."""
    state = tmp_path_factory.mktemp("state")
    shutil.copy(empty_store, state)
    with pytest.MonkeyPatch.context() as patch:
        enter(patch, state)
        ingest.update(TODAY)
        put_into_production(train.train(TODAY))
        deploy.deploy()
    return state


def put_into_production(run_id: str) -> None:
    """Do as the workflow does, and the person who approves."""
    version = tracking.register(run_id)
    package.package(version)
    certify.certify(version, TODAY)
    release.release(version, TODAY, "Kim")


@pytest.fixture(scope="session")
def promised(trained: train.Trained) -> pd.DataFrame:
    """Sample inputs, and the minutes that the maker of the model in production promised for them."""
    sample = trained.holdout[["flight_id", *FEATURES]].head(20)
    return sample.assign(minutes=trained.pipeline.predict(sample[FEATURES])).reset_index(drop=True)


@pytest.fixture(scope="session")
def measured(state: Path) -> dict:
    """What was written down about the model in production."""
    with pytest.MonkeyPatch.context() as patch:
        enter(patch, state)
        run = tracking.store().get_run(tracking.find("1").run_id).data
    return {**run.metrics, **{name: run.tags[name] for name in ("trained_from", "trained_until", "model_digest")}}


@pytest.fixture
def settled(state: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test happens where everything has been made already."""
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(state))
    return state


@pytest.fixture(scope="session")
def rivals(state: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, a fortnight later: version 2 is packaged beside the champion. Made once: only look at it."""
    rivals = tmp_path_factory.mktemp("rivals")
    shutil.copytree(state, rivals, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        enter(patch, rivals)
        patch.setenv("FLIGHTTIME_TODAY", f"{A_FORTNIGHT_LATER}")
        package.package(pipeline.run(A_FORTNIGHT_LATER, str))
    return rivals


@pytest.fixture
def contest(rivals: Path, fresh: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test happens where version 2 waits to be certified, and may change anything there."""
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"{A_FORTNIGHT_LATER}")
    return shutil.copytree(rivals, fresh, dirs_exist_ok=True)


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    """Everything published by the simulated day."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIGHTTIME_TODAY", f"{TODAY}")
        return ingest.gather(TODAY)


@pytest.fixture(scope="session")
def trained(table: pd.DataFrame) -> train.Trained:
    """A model that was trained apart from the one in production, on the same rows."""
    return train.fit(table, TODAY)
