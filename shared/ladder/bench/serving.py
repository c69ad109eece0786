"""The application beside `mlflow models serve`: rate, processor time, memory and start-up."""

import argparse
import asyncio
import itertools
import shutil
import sys
import tempfile
from pathlib import Path

from ladder.bench import load
from ladder.bench.level_code import environment
from ladder.bench.level_code import release_first_model
from ladder.bench.servers import APPLICATIONS
from ladder.bench.servers import MLFLOW
from ladder.bench.servers import minutes
from ladder.bench.servers import processes
from ladder.bench.servers import request
from ladder.bench.servers import server
from ladder.bench.servers import used
from ladder.bench.serving_table import Measured
from ladder.bench.serving_table import Round
from ladder.bench.serving_table import show
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.service import Service
from ladder.soak import expected
from ladder.soak import wire

HELP = (
    "measure the application beside `mlflow models serve`: requests a second, processor time, "
    "memory, start-up"
)
LOADS = [(1, 1), (1, 16), (1, 64), (100, 1), (100, 16), (100, 64), (10_000, 1)]
AS_GOOD_AS_EQUAL = 1e-9
WARM_UP = 0.3


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
    state = scratch / "state"
    release_first_model(LEVELS[3], state)
    flights = expected.ask(LEVELS[3], environment(state)).flights
    found: dict[str, list[Round]] = {name: [] for name in servers}
    for number, name in itertools.product(range(rounds), servers):
        print(f"round {number + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
        found[name].append(live(name, state, flights, seconds))
    return found


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


def compare(rounds: dict[str, list[Round]]) -> None:
    """Raise LadderError unless all servers give the same answers."""
    (first, *_), *others = rounds.values()
    for name, (other, *_) in zip(list(rounds)[1:], others, strict=True):
        off = max(
            abs(one - another) for one, another in zip(first.minutes, other.minutes, strict=True)
        )
        if not off <= AS_GOOD_AS_EQUAL:
            raise LadderError(f"{name} says something else: {off} minutes off")
