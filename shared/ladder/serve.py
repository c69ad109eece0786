"""Start one level's application on this machine, and print its address when it answers."""

import argparse
import json
import subprocess
import sys
import time
import urllib.error

from ladder import ports
from ladder import visit
from ladder.child import running
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.progress import Progress
from ladder.service import LOOPBACK_ONLY

TIMEOUT_SECONDS = 90.0
NO_APPLICATION = (
    "Level 0 has no application: its model is a file that a person scores by hand; see it with "
    "`python3 ladder.py lab 0`, or start the first application with `python3 ladder.py serve 1`"
)
READY = """\
Level {level} answers at {address} with model {model}
  ask it in a browser   {address}{also}
  from a program        {address}/docs
  state                 {state}
  day                   {day}
  stop it               Ctrl-C
"""
CONTROLLED = 4  # the level that has mission control
MISSION_CONTROL = "\n  mission control       {address}/control"


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
    where = f"{visit.year_state(level)}{visit.origin(level)}"
    remedy = f"`python3 ladder.py run --levels {level}` makes one"
    if visit.origin(level):
        remedy = f"follow {LEVELS[level] / 'README.md'} until it has one"
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
                raise LadderError(
                    f"Level {level} has no model in production yet in {where}; {remedy}"
                )
            progress.tick()
            time.sleep(0.1)
    raise LadderError(f"Level {level}'s application did not answer within {TIMEOUT_SECONDS:.0f} s")


def main(arguments: argparse.Namespace) -> int:
    level, port = arguments.level, arguments.port
    if level == 0:
        raise LadderError(NO_APPLICATION)
    ports.require_free(port, f"serve {level}")
    address = f"http://{ports.LOOPBACK}:{port}"
    command = [sys.executable, "-m", "flighttime.app", "--port", str(port)]
    state, day = visit.year_state(level), visit.year_day(level)
    with running(
        command,
        folder=LEVELS[level],
        environment=visit.environment(level, state, day),
        quiet=True,
    ) as child:
        model = wait_until_ready(child, level, address)
        also = MISSION_CONTROL.format(address=address) if level == CONTROLLED else ""
        text = READY.format(
            level=level, address=address, model=model, also=also, state=state, day=day
        )
        print(text, end="", flush=True)
        return child.wait()
