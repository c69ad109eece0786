"""The servers that are compared: how each is started, asked and read."""

import itertools
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from groundcrew import files
from ladder import ports
from ladder.bench.level_code import environment
from ladder.places import LEVELS
from ladder.service import Service
from ladder.service import running
from ladder.soak import wire

MLFLOW = "mlflow models serve"
# The level whose application answers, with which options.
APPLICATIONS = {
    "level 3": (3, []),
    "level 4": (4, []),
    "level 3, 2 workers": (3, ["--workers", "2"]),
}


@contextmanager
def server(name: str, state: Path) -> Iterator[tuple[Service, int, float]]:
    """A server that answers, its port, and the seconds of its start-up."""
    port, variables = ports.somewhere(), environment(state)
    if name == MLFLOW:
        command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", "models:/flighttime/1"]
        command += ["--env-manager", "local", "--host", ports.LOOPBACK, "-p", f"{port}"]
        folder, ready = state, "ping"
        variables["MLFLOW_TRACKING_URI"] = files.sqlite_url(state / "mlflow.db")
    else:
        level, options = APPLICATIONS[name]
        command = [sys.executable, "-m", "flighttime.app", "--port", f"{port}", *options]
        folder, ready = LEVELS[level], "health/ready"
    began = time.perf_counter()
    with running(name, command, folder=folder, environment=variables, log=state / "log") as service:
        service.wait_until_answering(f"http://{ports.LOOPBACK}:{port}/{ready}")
        yield service, port, time.perf_counter() - began


def request(name: str, flights: list[dict], number: int) -> bytes:
    chosen = list(itertools.islice(itertools.cycle(flights), number))
    if name != MLFLOW:
        return wire.post("/predict", json.dumps(chosen[0] if number == 1 else chosen).encode())
    names = [name for name in chosen[0] if name != "flight_id"]
    # MLflow refuses integers where the model was trained on floats.
    rows = [
        [float(value) if isinstance(value, int) else value for value in map(flight.get, names)]
        for flight in chosen
    ]
    return wire.post(
        "/invocations", json.dumps({"dataframe_split": {"columns": names, "data": rows}}).encode()
    )


def minutes(answer: bytes) -> list[float]:
    content = json.loads(answer)
    if "predictions" in content:
        return content["predictions"]
    return [one["minutes"] for one in content["answers"]]


def used(service: Service) -> float:
    """Seconds of processor time of the server and of every process that it started."""
    return sum(sum(process.cpu_times()[:2]) for process in processes(service))


def processes(service: Service) -> list[psutil.Process]:
    first = psutil.Process(service.child.pid)
    return [first, *first.children(recursive=True)]
