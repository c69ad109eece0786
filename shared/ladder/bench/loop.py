"""The loop's reaction: from the landings that breach to the new champion's first answer.

The calendar is simulated, and the traffic of the shadow evaluation is sent as fast as the
application answers. All else is as in production: the application and its loop are two processes,
and the flights, their landings and the breach are real. Users send requests meanwhile.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from pathlib import Path

from ladder import ports
from ladder.bench.level_code import environment
from ladder.bench.level_code import release_first_model
from ladder.bench.level_code import run
from ladder.bench.production import LEVEL
from ladder.bench.production import Production
from ladder.bench.production import application
from ladder.bench.users import REQUESTS_A_SECOND
from ladder.bench.users import Asked
from ladder.bench.users import users
from ladder.errors import LadderError
from ladder.service import running

HELP = (
    "measure Level 4's loop: seconds from a breach to the new champion, "
    "and how long users wait meanwhile"
)
FIRST, BREACH, LAST = date(2013, 3, 1), date(2013, 3, 11), date(2013, 3, 12)
GOAL_SECONDS, GOAL_RATIO = 15, 3
TIMEOUT_SECONDS = 300
IDLE_SECONDS = 4
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
        prepared = Path(scratch) / "state"
        release_first_model(LEVEL, prepared)
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


@dataclass
class Round:
    steps: dict[str, float]
    idle: Asked
    meanwhile: Asked


def live(prepared: Path, state: Path) -> Round:
    shutil.copytree(prepared, state)
    flights = read_timetables(state)
    production = Production(state)
    production.set_today(FIRST)
    variables = environment(state, today=f"@{state / 'today'}")
    with (
        application(state, variables, "staging") as staging,
        application(state, variables, "production") as production.port,
    ):
        for number in range((BREACH - FIRST).days):
            today = FIRST + timedelta(days=number)
            production.set_today(today)
            production.predict(flights[f"{today}"])
        idle, meanwhile = Asked(), Asked()
        with users(production.port, anonymous(flights), idle):
            time.sleep(IDLE_SECONDS)
        variables |= {
            "FLIGHTTIME_APP": f"http://{ports.LOOPBACK}:{production.port}",
            "FLIGHTTIME_STAGING": f"http://{ports.LOOPBACK}:{staging}",
        }
        loop = [sys.executable, "-m", "flighttime.loop", "--every", "0.2"]
        log = production.loop_log
        with running("the loop", loop, folder=LEVEL, environment=variables, log=log):
            wait(lambda: "reason: " in log.read_text(encoding="utf-8"), "the loop", production)
            with users(production.port, anonymous(flights), meanwhile):
                steps = react(production, flights)
    return Round(steps, idle, meanwhile)


def read_timetables(state: Path) -> dict[str, list[dict]]:
    """The flights of each day, as the level's own code reads them."""
    variables = environment(state, today=f"{LAST}")
    return json.loads(run(["-c", TIMETABLES], folder=LEVEL, environment=variables))


def anonymous(flights: dict[str, list[dict]]) -> dict:
    """A flight without an id, which no landing can join."""
    first = flights[f"{BREACH}"][0]
    return {name: value for name, value in first.items() if name not in ("flight_id", "date")}


def react(production: Production, flights: dict[str, list[dict]]) -> dict[str, float]:
    """Publish the landings that breach, send the shadow's flights, wait for the new champion.

    Returns the seconds until each decision and until the first answer.
    """
    began = time.perf_counter()
    steps: dict[str, float] = {}

    def until(decision: str) -> None:
        wait(lambda: decision in production.decisions(), decision, production)
        steps[decision] = time.perf_counter() - began

    production.set_today(BREACH)
    for decision in ("retrain", "trained", "PROMOTE", "refitted", "shadow"):
        until(decision)
    wait(lambda: production.shadow() == "3", "the shadow", production)
    # One by one, as in production: a day's flights in one request would be another load.
    for flight in flights[f"{BREACH}"]:
        production.predict(flight)
    production.set_today(LAST)
    until("shadow passed")
    flight = anonymous(flights)
    wait(lambda: production.predict(flight)["model"] == "3", "the new champion", production)
    steps["answers"] = time.perf_counter() - began
    return steps


def wait(happened: Callable[[], bool], what: str, production: Production) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not happened():
        if time.monotonic() > deadline:
            end = production.loop_log.read_text(encoding="utf-8")[-500:]
            raise LadderError(f"waited {TIMEOUT_SECONDS} s for {what}; the loop says: {end}")
        time.sleep(0.01)


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
