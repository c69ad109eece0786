"""The same code keeps its record on a server: MLflow's, on PostgreSQL, which also keeps the files."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
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

DEBIAN = Path("/usr/lib/postgresql")
# PostgreSQL refuses to be run by root.
SOMEBODY = "postgres"
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


def programs() -> Path | None:
    """The folder with PostgreSQL's programs; Debian keeps them off the path."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(DEBIAN.glob("*/bin"), key=lambda folder: int(folder.parent.name))
    return folders[-1] if folders else None


@pytest.fixture
def postgres() -> Iterator[str]:
    """The address of a database of our own: behind a socket in a folder of ours, gone afterwards."""
    if programs() is None:
        if os.environ.get("CI") == "true" and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
            pytest.fail("no PostgreSQL here, though .ci/run installs it")
        pytest.skip("no PostgreSQL here: install it to try the record on a server (Debian: apt-get install postgresql)")
    if os.name == "nt":
        pytest.skip("its socket is a file, which Python's driver does not use on Windows")
    folder = Path(tempfile.mkdtemp(prefix="record-"))
    user = SOMEBODY if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)

    def call(program: str, *arguments: str) -> None:
        command = [programs() / program, "-D", folder / "data", *arguments]
        subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, timeout=60)

    try:
        call("initdb", "--no-sync", "--auth", "trust", "--username", "flights")
        only_here = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        call("pg_ctl", "start", "--wait", "--log", f"{folder / 'log'}", "--options", only_here)
        try:
            yield f"postgresql://flights@/postgres?host={folder}"
        finally:
            call("pg_ctl", "stop", "--mode", "immediate")
    finally:
        shutil.rmtree(folder)


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
