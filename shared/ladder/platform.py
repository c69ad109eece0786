"""Start MLflow's pages on the runs of a level, and JupyterLab beside them."""

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from groundcrew import files
from ladder import lab
from ladder import ports
from ladder import visit
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import RUNS
from ladder.service import LOOPBACK_ONLY
from ladder.service import Service
from ladder.service import running

EXPERIMENT = "flighttime"
LOGS = RUNS / "platform"
READY = """\
Level {level}'s platform, for this machine only
  MLflow       {mlflow}
  JupyterLab   {jupyter}
  state        {state}
  stop both    Ctrl-C
"""
# Without the second, MLflow starts many processes for jobs that are never submitted.
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "level", type=int, nargs="?", default=2, choices=sorted(LEVELS), help="2 to 4 (default: 2)"
    )


def require_record(level: int) -> Path:
    """The folder with the level's state; raises LadderError where it has no runs."""
    if level < 2:
        raise LadderError(
            f"Level {level} keeps no record of its runs; "
            "the first that does is `python3 ladder.py platform 2`"
        )
    state = visit.year_state(level)
    if not (state / "mlflow.db").is_file():
        raise LadderError(
            f"Level {level} has trained nothing yet in {state}{visit.origin(level)}; "
            f"`python3 ladder.py run --levels {level}` does in {RUNS / LEVELS[level].name}"
        )
    return state


@contextmanager
def mlflow(state: Path) -> Iterator[tuple[Service, str]]:
    """MLflow's server on a level's runs, and its address."""
    port = ports.next_free(4999)
    options = {
        "--backend-store-uri": files.sqlite_url(state / "mlflow.db"),
        "--default-artifact-root": (state / "artifacts").as_uri(),
        "--host": ports.LOOPBACK,
        "--port": f"{port}",
        "--workers": "1",
    }
    command = [
        sys.executable,
        "-m",
        "mlflow",
        "server",
        *(word for option in options.items() for word in option),
    ]
    with running(
        "MLflow",
        command,
        folder=state,
        environment={**os.environ, **QUIET},
        log=LOGS / "mlflow.log",
    ) as server:
        yield server, f"http://{ports.LOOPBACK}:{port}"


def page_of_runs(address: str) -> str:
    """The address of MLflow's page with the level's runs, which is not its first page."""
    question = urllib.parse.urlencode({"experiment_name": EXPERIMENT})
    try:
        with LOOPBACK_ONLY.open(
            f"{address}/api/2.0/mlflow/experiments/get-by-name?{question}", timeout=20
        ) as answer:
            number = json.load(answer)["experiment"]["experiment_id"]
    except urllib.error.HTTPError:
        return address
    return f"{address}/#/experiments/{number}/runs?workflowType=machine_learning"


def watch(*servers: Service) -> NoReturn:
    while True:
        for server in servers:
            server.require_alive()
        time.sleep(0.2)


def main(arguments: argparse.Namespace) -> NoReturn:
    level = arguments.level
    state = require_record(level)
    copy = lab.copy_level(level, fresh=False)
    environment = visit.environment(level, state, visit.year_day(level))
    log, port = LOGS / "jupyter.log", ports.next_free(8887)
    with (
        mlflow(state) as (pages, page),
        lab.served(copy, environment, log, port=port, browser=False) as (notebooks, book),
    ):
        pages.wait_until_answering(f"{page}/health")
        text = READY.format(level=level, mlflow=page_of_runs(page), jupyter=book, state=state)
        print(text, end="", flush=True)
        watch(pages, notebooks)
