"""The same code tracks its runs on an MLflow server with PostgreSQL, which also stores files."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from level_runs import level_environment
from level_runs import run_python
from level_runs import starter
from level_runs import warmly

from ladder import ports
from ladder.platform import QUIET
from ladder.service import running

pytestmark = pytest.mark.slow

CYCLE = """
import json
from datetime import date
from flighttime import ingest, pipeline, release, score, serving, train
from flighttime.features import FEATURES
from groundcrew import registry

day = date(2013, 1, 20)
version = pipeline.run(day)
release.release(version)
flights = ingest.timetable(day)
answers = score.score(flights, serving.current().champion)["minutes"].tolist()
trained = train.fit(ingest.TABLE.read(), day).pipeline
print(json.dumps({
    "version": version,
    "same": answers == trained.predict(flights[FEATURES]).tolist(),
    "files": registry.run(version).info.artifact_uri,
}))
"""


@contextmanager
def server(record: str, folder: Path) -> Iterator[str]:
    """An MLflow server that also serves the files: its address is all that a client needs."""
    port = ports.somewhere()
    address = f"http://{ports.LOOPBACK}:{port}"
    options = ["--backend-store-uri", record, "--artifacts-destination", str(folder / "files")]
    listening = ["--host", ports.LOOPBACK, "--port", f"{port}", "--workers", "1"]
    command = [starter().python, "-m", "mlflow", "server", *options, *listening]
    with running(
        "MLflow",
        command,
        folder=folder,
        environment=warmly(**QUIET),
        log=folder / "server.log",
    ) as mlflow:
        mlflow.wait_until_answering(f"{address}/health")
        yield address


def cycle(state: Path, address: str) -> dict:
    """Train, release and score with the server at an address; returns what the level found."""
    variables = {"FLIGHTTIME_TODAY": "2013-01-20", "MLFLOW_TRACKING_URI": address}
    printed = run_python(CYCLE, 2, level_environment(2, state) | variables)
    return json.loads(printed.splitlines()[-1])


def test_a_model_is_trained_released_and_answers_with_its_record_on_a_server(
    postgres: str, tmp_path: Path
) -> None:
    state = tmp_path / "state"

    with server(postgres, tmp_path) as address:
        found = cycle(state, address)

    local_files = {path.name for path in state.rglob("*") if path.is_file()}
    assert (found["version"], found["same"]) == ("1", True)
    assert found["files"].startswith("mlflow-artifacts:/")
    assert list((tmp_path / "files").rglob("model.skops"))
    assert local_files.isdisjoint({"mlflow.db", "model.skops"})
