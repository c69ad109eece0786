"""The loop's reaction: from the landings that breach to the new champion's first answer.

The calendar is simulated, and the traffic of the shadow evaluation is sent as fast as the
application answers. All else is as in production: the application and its loop are two processes,
and the flights, their landings and the breach are real. Users send requests meanwhile.
"""

import argparse
import http.client
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from datetime import timedelta
from pathlib import Path

from ladder import ports
from ladder.bench import serving
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.service import running

HELP = (
    "measure Level 4's loop: seconds from a breach to the new champion, "
    "and how long users wait meanwhile"
)
LEVEL = LEVELS[4]
FIRST, BREACH, LAST = date(2013, 3, 1), date(2013, 3, 11), date(2013, 3, 12)
GOAL_SECONDS, GOAL_RATIO = 15, 3
TIMEOUT_SECONDS = 300
REQUESTS_A_SECOND = 50
# The flights of all days, as the level's own code reads them from the timetable.
TIMETABLES = """
import json, sys
from datetime import date, timedelta
from flighttime import ingest
days = [date(2013, 3, 1) + timedelta(days=number) for number in range(11)]
flights = {f"{day}": ingest.timetable(day).to_json(orient="records") for day in days}
print(json.dumps({day: json.loads(text) for day, text in flights.items()}))
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rounds", type=int, default=3, help="how often all is measured (default: 3)"
    )


def main(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        prepared = prepare(Path(scratch))
        print(
            f"Goals: {GOAL_SECONDS} s; p99 at most {GOAL_RATIO} times that of an idle machine; "
            "none failed. Simulated: the calendar."
        )
        print(
            "The flights of the shadow evaluation are requested one by one, without a pause; "
            f"beside them, users send {REQUESTS_A_SECOND} requests a second all the time.\n"
        )
        print(
            f"{'':<9}{'breach to champion':>20}{'p99 idle':>12}{'p99 meanwhile':>15}"
            f"{'ratio':>8}{'asked':>8}{'failed':>8}"
        )
        for number in range(arguments.rounds):
            show(number + 1, live(prepared, Path(scratch) / f"round {number}"))
    return 0


def prepare(scratch: Path) -> Path:
    """A state in which version 1 was released on the first of March."""
    state = scratch / "state"
    for step in serving.STEPS:
        command = [sys.executable, "-m", f"flighttime.{step[0]}", *step[1:]]
        done = subprocess.run(
            command, cwd=LEVEL, env=serving.surroundings(state), capture_output=True, text=True
        )
        if done.returncode:
            raise LadderError(
                f"{step[0]} failed, so nothing can be measured: {last_line(done.stderr)}"
            )
    return state


@dataclass
class Asked:
    """The requests of users: seconds for each answer, and the failures."""

    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def p99(self) -> float:
        return sorted(self.seconds)[int(0.99 * (len(self.seconds) - 1))]


@dataclass
class Round:
    steps: dict[str, float]
    idle: Asked
    meanwhile: Asked


@dataclass
class World:
    """The calendar, the application, and the ledger that the loop writes."""

    state: Path
    port: int

    def turn_to(self, day: date) -> None:
        new = self.state / "today.new"
        new.write_text(f"{day}", encoding="utf-8")
        new.replace(self.state / "today")

    def ask(self, flights: list[dict] | dict) -> dict:
        asking = http.client.HTTPConnection(ports.LOOPBACK, self.port, timeout=60)
        asking.request(
            "POST", "/predict", json.dumps(flights), {"Content-Type": "application/json"}
        )
        answer = asking.getresponse()
        if answer.status != 200:
            raise LadderError(
                f"the application answers {answer.status}: "
                f"{answer.read(300).decode(errors='replace')}"
            )
        return json.load(answer)

    def shadow(self) -> str | None:
        asking = http.client.HTTPConnection(ports.LOOPBACK, self.port, timeout=60)
        asking.request("GET", "/version")
        return json.load(asking.getresponse()).get("shadow")

    def decided(self) -> set[str]:
        ledger = self.state / "ledger.jsonl"
        return {
            json.loads(line)["decision"]
            for line in ledger.read_bytes().splitlines()
            if line.endswith(b"}")
        }


def live(prepared: Path, state: Path) -> Round:
    shutil.copytree(prepared, state)
    environment = serving.surroundings(state) | {"FLIGHTTIME_TODAY": f"@{state / 'today'}"}
    days = json.loads(python(TIMETABLES, environment | {"FLIGHTTIME_TODAY": f"{LAST}"}))
    with (
        application(state, environment, "staging") as staging,
        application(state, environment, "production") as port,
    ):
        world = World(state, port)
        for number in range((BREACH - FIRST).days):
            world.turn_to(FIRST + timedelta(days=number))
            world.ask(days[f"{FIRST + timedelta(days=number)}"])
        addresses = {
            "FLIGHTTIME_APP": f"http://{ports.LOOPBACK}:{port}",
            "FLIGHTTIME_STAGING": f"http://{ports.LOOPBACK}:{staging}",
        }
        loop = [sys.executable, "-m", "flighttime.loop", "--every", "0.2"]
        idle = Asked()
        with users(world, days, idle):
            time.sleep(4)
        environment |= addresses
        log = state / "loop.log"
        with running("the loop", loop, folder=LEVEL, environment=environment, log=log):
            wait(
                lambda: "reason: " in (state / "loop.log").read_text(encoding="utf-8"),
                "the loop to begin",
                state,
            )
            meanwhile = Asked()
            with users(world, days, meanwhile):
                steps = react(world, days)
    return Round(steps, idle, meanwhile)


def react(world: World, days: dict) -> dict[str, float]:
    """Publish the landings that breach, send the shadow's flights, wait for the new champion.

    Returns the seconds until each decision and until the first answer.
    """
    began = time.perf_counter()
    steps: dict[str, float] = {}

    def until(decision: str) -> None:
        wait(lambda: decision in world.decided(), decision, world.state)
        steps[decision] = time.perf_counter() - began

    world.turn_to(BREACH)
    for decision in ("retrain", "trained", "PROMOTE", "shadow"):
        until(decision)
    wait(lambda: world.shadow() == "2", "the shadow", world.state)
    # One by one, as in production: a day's flights in one request would be another load.
    for flight in days[f"{BREACH}"]:
        world.ask(flight)
    world.turn_to(LAST)
    until("shadow passed")
    wait(lambda: world.ask(nameless(days))["model"] == "2", "the new champion", world.state)
    steps["answers"] = time.perf_counter() - began
    return steps


def wait(happened: Callable[[], bool], what: str, state: Path) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not happened():
        if time.monotonic() > deadline:
            raise LadderError(
                f"waited {TIMEOUT_SECONDS} s for {what}; "
                f"the loop says: {(state / 'loop.log').read_text()[-500:]}"
            )
        time.sleep(0.01)


def nameless(days: dict) -> dict:
    """A flight without an id, which no landing can join."""
    return {
        name: value
        for name, value in days[f"{BREACH}"][0].items()
        if name not in ("flight_id", "date")
    }


@contextmanager
def users(world: World, days: dict, asked: Asked) -> Iterator[None]:
    """Send users' requests at a constant rate until the end of the block."""
    over = threading.Event()
    asking = threading.Thread(
        target=ask_on, args=(world.port, json.dumps(nameless(days)), asked, over), daemon=True
    )
    asking.start()
    try:
        yield
    finally:
        over.set()
        asking.join()


def ask_on(port: int, flight: str, asked: Asked, over: threading.Event) -> None:
    connection, due = (
        http.client.HTTPConnection(ports.LOOPBACK, port, timeout=30),
        time.perf_counter(),
    )
    while not over.is_set():
        due += 1 / REQUESTS_A_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        began = time.perf_counter()
        try:
            connection.request("POST", "/predict", flight, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                asked.failed.append(body[:200].decode(errors="replace"))
        except OSError as problem:
            asked.failed.append(f"{problem}")
            connection.close()
        asked.seconds.append(time.perf_counter() - began)


@contextmanager
def application(state: Path, environment: dict[str, str], name: str) -> Iterator[int]:
    port = ports.somewhere()
    (state / "today").write_text(f"{FIRST}", encoding="utf-8")
    command = [sys.executable, "-m", "flighttime.app", "--port", f"{port}"]
    own = environment | {"FLIGHTTIME_ENVIRONMENT": name}
    with running(
        name, command, folder=LEVEL, environment=own, log=state / f"{name}.log"
    ) as service:
        service.wait_until_answering(f"http://{ports.LOOPBACK}:{port}/health/live")
        yield port


def python(code: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=LEVEL, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise LadderError(f"the flights cannot be read: {last_line(done.stderr)}")
    return done.stdout.splitlines()[-1]


def last_line(output: str) -> str:
    return output.strip().rpartition("\n")[2]


def show(number: int, found: Round) -> None:
    idle, meanwhile = 1000 * found.idle.p99, 1000 * found.meanwhile.p99
    failed = found.idle.failed + found.meanwhile.failed
    times = f"{found.steps['answers']:>18.1f} s{idle:>9.1f} ms{meanwhile:>12.1f} ms"
    counts = f"{meanwhile / idle:>8.1f}{len(found.meanwhile.seconds):>8}{len(failed):>8}"
    print(f"round {number:<3}{times}{counts}", flush=True)
    print(
        f"         {', '.join(f'{name} {seconds:.1f}' for name, seconds in found.steps.items())}",
        flush=True,
    )
    if failed:
        print(f"         the first that failed: {failed[0]}", flush=True)
