"""Start one level's application on this machine, and print its address when it answers."""

import argparse
import json
import os
import subprocess
import sys
import time
import urllib.error

from ladder import ports
from ladder.child import running
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import RUNS
from ladder.places import level_environment
from ladder.progress import Progress
from ladder.service import LOOPBACK_ONLY
from ladder.year.days import FIRST

TIMEOUT_SECONDS = 90.0
NO_APPLICATION = (
    "Level 0 has no application: its model is a file that a person scores by hand; see it with "
    "`python3 ladder.py lab 0`, or start the first application with `python3 ladder.py serve 1`"
)
READY = """\
Level {level} answers at {address} with model {model}
  ask it in a browser   {address}
  from a program        {address}/docs
  stop it               Ctrl-C
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("level", type=int, choices=sorted(LEVELS), metavar="LEVEL", help="1 to 4")
    parser.add_argument("--port", type=int, default=8000, help="where to listen (default: 8000)")


def ask_health(address: str) -> tuple[int, dict[str, str]]:
    """Status and answer; the status is 0 while nothing listens on the port."""
    try:
        with LOOPBACK_ONLY.open(f"{address}/health/ready", timeout=2) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, {}
    except (OSError, ValueError):
        return 0, {}


def wait_until_ready(child: subprocess.Popen[bytes], level: int, address: str) -> str:
    """The version of the model that answers; raises LadderError where none does in time."""
    remedy = f"`python3 ladder.py run --levels {level}` makes one"
    deadline = time.monotonic() + TIMEOUT_SECONDS
    with Progress(f"starting Level {level}'s application") as progress:
        while time.monotonic() < deadline:
            if child.poll() is not None:
                raise LadderError(
                    f"Level {level}'s application ended before it answered, with exit code "
                    f"{child.returncode}; if it lacks a model, {remedy}"
                )
            status, answer = ask_health(address)
            if status == 200:
                return answer.get("model", "unknown")
            if status == 503:
                raise LadderError(f"Level {level} has no model in production yet; {remedy}")
            progress.tick()
            time.sleep(0.1)
    raise LadderError(f"Level {level}'s application did not answer within {TIMEOUT_SECONDS:.0f} s")


def today() -> str:
    """The simulated day: of the environment, else the last run's end, else the replay's start."""
    report = RUNS / "report.json"
    if day := os.environ.get("FLIGHTTIME_TODAY"):
        return day
    if not report.exists():
        return f"{FIRST}"
    return json.loads(report.read_text(encoding="utf-8"))["until"]


def main(arguments: argparse.Namespace) -> int:
    level, port = arguments.level, arguments.port
    if level == 0:
        raise LadderError(NO_APPLICATION)
    ports.require_free(port, f"serve {level}")
    address = f"http://{ports.LOOPBACK}:{port}"
    command = [sys.executable, "-m", "flighttime.app", "--port", str(port)]
    with running(
        command,
        folder=LEVELS[level],
        environment={**level_environment(level), "FLIGHTTIME_TODAY": today()},
        quiet=True,
    ) as child:
        model = wait_until_ready(child, level, address)
        print(READY.format(level=level, address=address, model=model), end="", flush=True)
        return child.wait()
