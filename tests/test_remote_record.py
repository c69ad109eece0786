"""The same code keeps its record on a server: MLflow's, on PostgreSQL, which also keeps the files."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ladder import ports
from ladder.places import FEED
from ladder.places import LEVELS
from ladder.platform import QUIET
from ladder.service import running

pytestmark = pytest.mark.slow

CYCLE = """
import json
from datetime import date
from flighttime import ingest, pipeline, production, release, score, tracking, train
from flighttime.features import FEATURES

day = date(2013, 1, 20)
version = pipeline.run(day, str)
release.release(version)
flights = ingest.timetable(day)
answers = score.score(flights, production.current())["minutes"].tolist()
print(json.dumps({
    "version": version,
    "same": answers == train.fit(ingest.read(), day).pipeline.predict(flights[FEATURES]).tolist(),
    "files": tracking.store().get_run(tracking.find(version).run_id).info.artifact_uri,
}))
"""


@contextmanager
def server(record: str, folder: Path) -> Iterator[str]:
    """MLflow's server, which hands the files on as well, so that whoever asks needs nothing but its address."""
    port = ports.somewhere()
    address = f"http://{ports.LOOPBACK}:{port}"
    options = ["--backend-store-uri", record, "--artifacts-destination", str(folder / "files")]
    listening = ["--host", ports.LOOPBACK, "--port", f"{port}", "--workers", "1"]
    command = [sys.executable, "-m", "mlflow", "server", *options, *listening]
    with running("MLflow", command, folder=folder, environment={**os.environ, **QUIET}, log=folder / "mlflow.log") as mlflow:
        mlflow.wait_until_answering(f"{address}/health")
        yield address


def cycle(state: Path, address: str) -> dict:
    """Train, release and score with the record at an address; what came of it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FLIGHTTIME_", "MLFLOW_"))}
    world = {
        "FLIGHTTIME_FEED": str(FEED),
        "FLIGHTTIME_TODAY": "2013-01-20",
        "FLIGHTTIME_RUNS": str(state),
        "MLFLOW_TRACKING_URI": address,
        "OMP_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-c", CYCLE]
    done = subprocess.run(command, cwd=LEVELS[2], env={**kept, **world}, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_model_is_trained_released_and_answers_by_a_record_on_a_server(postgres: str, tmp_path: Path) -> None:
    state = tmp_path / "state"

    with server(postgres, tmp_path) as address:
        came = cycle(state, address)

    kept_here = {path.name for path in state.rglob("*") if path.is_file()}
    assert (came["version"], came["same"]) == ("1", True)
    assert came["files"].startswith("mlflow-artifacts:/")
    assert list((tmp_path / "files").rglob("model.skops"))
    assert kept_here.isdisjoint({"mlflow.db", "model.skops"})
