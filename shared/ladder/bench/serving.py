"""The application beside `mlflow models serve`: rate, processor time, memory and start-up."""

import argparse
import asyncio
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from ladder import ports
from ladder.bench import load
from ladder.errors import LadderError
from ladder.places import FEED
from ladder.places import LEVELS
from ladder.service import Service
from ladder.service import running
from ladder.soak import expected
from ladder.soak import wire

HELP = (
    "measure the application beside `mlflow models serve`: requests a second, processor time, "
    "memory, start-up"
)
MLFLOW = "mlflow models serve"
# The level whose application answers, with which options.
APPLICATIONS = {
    "level 3": (3, []),
    "level 4": (4, []),
    "level 3, 2 workers": (3, ["--workers", "2"]),
}
LOADS = [(1, 1), (1, 16), (1, 64), (100, 1), (100, 16), (100, 64), (10_000, 1)]
STEPS = [["pipeline"], ["package", "--version", "1"], ["gate", "--version", "1"]]
STEPS.append(["release", "--version", "1", "--approved-by", "the benchmark"])
AS_GOOD_AS_EQUAL = 1e-9
WARM_UP = 0.3


@dataclass(frozen=True)
class Measured:
    """One server under one load: requests a second, and milliseconds a request.

    `median` and `slow` (the 99th percentile) are waiting time, `processor` is processor time.
    """

    rate: float
    median: float
    slow: float
    processor: float


@dataclass(frozen=True)
class Round:
    """One run of a server: seconds to its first answer, megabytes at the end, and the loads."""

    start: float
    megabytes: float
    loads: dict[tuple[int, int], Measured]
    minutes: list[float]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seconds", type=float, default=2, help="how long each load lasts (default: 2)"
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=3,
        help="how often all is measured; medians are shown (default: 3)",
    )
    parser.add_argument(
        "--only", nargs="+", choices=[MLFLOW, *APPLICATIONS], default=[MLFLOW, *APPLICATIONS]
    )


def main(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        rounds = measure(arguments.only, arguments.rounds, arguments.seconds, Path(scratch))
    compare(rounds)
    show(rounds)
    return 0


def measure(
    servers: list[str], rounds: int, seconds: float, scratch: Path
) -> dict[str, list[Round]]:
    """Measure the servers in turn, in several rounds, so that other load is shared fairly."""
    state = prepare(scratch)
    flights = expected.ask(LEVELS[3], surroundings(state)).flights
    found: dict[str, list[Round]] = {name: [] for name in servers}
    for number, name in itertools.product(range(rounds), servers):
        print(f"round {number + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
        found[name].append(live(name, state, flights, seconds))
    return found


def prepare(scratch: Path) -> Path:
    """A state with a released model, made by the level's own commands."""
    state = scratch / "state"
    for step in STEPS:
        command = [sys.executable, "-m", f"flighttime.{step[0]}", *step[1:]]
        done = subprocess.run(
            command, cwd=LEVELS[3], env=surroundings(state), capture_output=True, text=True
        )
        if done.returncode:
            raise LadderError(
                f"{step[0]} failed, so nothing can be measured: "
                f"{done.stderr.strip().rpartition(chr(10))[2]}"
            )
    return state


def surroundings(state: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FLIGHTTIME_", "MLFLOW_"))
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
    own = {
        "FLIGHTTIME_FEED": f"{FEED}",
        "FLIGHTTIME_RUNS": f"{state}",
        "FLIGHTTIME_TODAY": "2013-03-01",
    }
    # Level folders are not written to.
    return {**kept, **own, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


@contextmanager
def server(name: str, state: Path) -> Iterator[tuple[Service, int, float]]:
    """A server that answers, its port, and the seconds of its start-up."""
    port, environment = ports.somewhere(), surroundings(state)
    if name == MLFLOW:
        command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", "models:/flighttime/1"]
        command += ["--env-manager", "local", "--host", ports.LOOPBACK, "-p", f"{port}"]
        folder, ready = state, "ping"
        environment["MLFLOW_TRACKING_URI"] = f"sqlite:///{(state / 'mlflow.db').as_posix()}"
    else:
        level, options = APPLICATIONS[name]
        command = [sys.executable, "-m", "flighttime.app", "--port", f"{port}", *options]
        folder, ready = LEVELS[level], "health/ready"
    began = time.perf_counter()
    with running(
        name, command, folder=folder, environment=environment, log=state / "log"
    ) as service:
        service.wait_until_answering(f"http://{ports.LOOPBACK}:{port}/{ready}")
        yield service, port, time.perf_counter() - began


def live(name: str, state: Path, flights: list[dict], seconds: float) -> Round:
    own = state.with_name(f"state of {name}")
    shutil.copytree(state, own)
    with server(name, own) as (service, port, start):
        measured = {}
        for number, connections in LOADS:
            asked = request(name, flights, number)
            load.measure(port, asked, connections, min(WARM_UP, seconds))
            measured[number, connections] = under(service, port, asked, connections, seconds)
        answer = asyncio.run(wire.exchange(port, request(name, flights, 10_000))).body
        megabytes = sum(process.memory_info().rss for process in processes(service)) / 1e6
    shutil.rmtree(own)
    return Round(start, megabytes, measured, minutes(answer))


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


def under(
    service: Service, port: int, request: bytes, connections: int, seconds: float
) -> Measured:
    """Measure a server under one load; raises LadderError if a request fails."""
    before = used(service)
    found = load.measure(port, request, connections, seconds)
    if found.failed:
        raise LadderError(f"{service.name} did not answer as it should: {found.failed[0]}")
    spent = used(service) - before
    median, slow = (1000 * found.quantile(share) for share in (0.5, 0.99))
    return Measured(found.rate, median, slow, 1000 * spent / len(found.seconds))


def used(service: Service) -> float:
    """Seconds of processor time of the server and of every process that it started."""
    return sum(sum(process.cpu_times()[:2]) for process in processes(service))


def processes(service: Service) -> list[psutil.Process]:
    first = psutil.Process(service.child.pid)
    return [first, *first.children(recursive=True)]


def compare(rounds: dict[str, list[Round]]) -> None:
    """Raise LadderError unless all servers give the same answers."""
    (first, *_), *others = rounds.values()
    for name, (other, *_) in zip(list(rounds)[1:], others, strict=True):
        off = max(
            abs(one - another) for one, another in zip(first.minutes, other.minutes, strict=True)
        )
        if not off <= AS_GOOD_AS_EQUAL:
            raise LadderError(f"{name} says something else: {off} minutes off")


def show(rounds: dict[str, list[Round]]) -> None:
    number = len(next(iter(rounds.values())))
    print(
        f"Medians of {number} rounds, in brackets the lowest and the highest; "
        f"the ratio is to {MLFLOW}'s rate."
    )
    for flights, connections in LOADS:
        print(f"\nflights a request: {flights:,}; connections: {connections}")
        print(f"{'':<22}{'requests/s':>24}{'ratio':>8}{'p50':>11}{'p99':>11}{'processor':>13}")
        base = rate(rounds[MLFLOW], flights, connections) if MLFLOW in rounds else None
        for name, lives in rounds.items():
            rates = sorted(life.loads[flights, connections].rate for life in lives)
            median, slow, processor = (
                statistics.median(getattr(life.loads[flights, connections], part) for life in lives)
                for part in ("median", "slow", "processor")
            )
            spread = f"{statistics.median(rates):,.0f} ({rates[0]:,.0f} to {rates[-1]:,.0f})"
            ratio = f"{statistics.median(rates) / base:,.1f}" if base else ""
            print(
                f"{name:<22}{spread:>24}{ratio:>8}{median:>8.2f} ms{slow:>8.2f} ms"
                f"{processor:>10.3f} ms"
            )
    print(f"\n{'':<22}{'start-up':>12}{'memory':>12}")
    for name, lives in rounds.items():
        start, megabytes = (
            statistics.median(getattr(life, part) for life in lives)
            for part in ("start", "megabytes")
        )
        print(f"{name:<22}{start:>10.1f} s{megabytes:>9,.0f} MB")


def rate(lives: list[Round], flights: int, connections: int) -> float:
    return statistics.median(life.loads[flights, connections].rate for life in lives)
