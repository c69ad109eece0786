"""`ladder platform` starts two servers on a level's record, and leaves nothing running."""

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import level_runs
import psutil
import pytest

from ladder import platform
from ladder import ports
from ladder import visit
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.service import LOOPBACK_ONLY
from ladder.service import running

SERVER = """
import http.server, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("my last words", flush=True)
handler = http.server.SimpleHTTPRequestHandler
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), handler).serve_forever()
"""


def start(level: int) -> None:
    platform.main(argparse.Namespace(level=level))


@pytest.mark.parametrize("level", [0, 1])
def test_a_level_without_a_record_names_one_that_has_one(level: int) -> None:
    with pytest.raises(LadderError, match=f"Level {level} keeps no record .*ladder.py platform 2"):
        start(level)


def test_where_nothing_was_trained_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit, "RUNS", tmp_path)

    with pytest.raises(
        LadderError, match="Level 3 has trained nothing yet in .*ladder.py run --levels 3"
    ):
        start(3)


def test_a_server_that_ends_by_itself_is_named_and_all_that_it_started_ends(tmp_path: Path) -> None:
    port = ports.somewhere()
    command = [sys.executable, "-c", SERVER, f"{port}"]

    with pytest.raises(LadderError) as error:
        with running(
            "It", command, folder=tmp_path, environment=os.environ, log=tmp_path / "logs" / "it.log"
        ) as server:
            server.wait_until_answering(f"http://{ports.LOOPBACK}:{port}")
            (orphan,) = server.started
            server.child.kill()
            server.child.wait()
            platform.watch(server)

    assert "It has ended by itself, with exit code" in str(error.value)
    assert "my last words" in server.log.read_text() and f"{server.log}" in str(error.value)
    assert psutil.wait_procs([orphan], timeout=10)[1] == []


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a single process cannot be asked to end on Windows")
def test_both_answer_on_the_record_and_a_request_to_end_leaves_nothing(tmp_path: Path) -> None:
    state = tmp_path / LEVELS[2].name
    state.mkdir()
    (state / "mlflow.db").touch()
    own = {"LADDER_RUNS": str(tmp_path), "PYTHONPATH": str(ROOT / "shared")}
    environment = level_runs.warmly(**own)
    command = level_runs.ladder("platform", "2")

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as ladder:
        try:
            places = addresses(ladder.stdout)
            made = ask(
                f"{places['MLflow']}/api/2.0/mlflow/experiments/create", {"name": "flighttime"}
            )["experiment_id"]
            page = platform.page_of_runs(places["MLflow"])
            notebooks = places["JupyterLab"].partition("/lab")[0] + "/api/contents/lab.ipynb"
            notebook = ask(f"{notebooks}?token={places['JupyterLab'].partition('?token=')[2]}")
            with pytest.raises(urllib.error.HTTPError, match="403"):
                ask(notebooks)
        finally:
            family = level_runs.descendants(ladder.pid)
            ladder.terminate()
            code = ladder.wait(timeout=30)

    with sqlite3.connect(state / "mlflow.db") as store:
        names = store.execute(
            "SELECT name FROM experiments WHERE experiment_id = ?", [made]
        ).fetchall()
    assert names == [("flighttime",)]
    assert page == f"{places['MLflow']}/#/experiments/{made}/runs?workflowType=machine_learning"
    assert notebook["name"] == "lab.ipynb"
    # Each that is warm has a client.
    assert len(family) >= 2 * (1 + level_runs.starter().is_warm)
    assert psutil.wait_procs(family, timeout=10)[1] == []
    assert code == 128 + signal.SIGTERM


def addresses(lines: Iterator[str]) -> dict[str, str]:
    """The printed lines by name, up to the one on how to stop."""
    found = {}
    for line in lines:
        name, _, rest = line.strip().partition(" ")
        if name == "stop":
            return found
        found[name] = rest.strip()
    raise AssertionError(f"it has ended and printed {found}")


def ask(address: str, body: dict | None = None) -> dict:
    request = urllib.request.Request(
        address, json.dumps(body).encode() if body else None, {"Content-Type": "application/json"}
    )
    with LOOPBACK_ONLY.open(request, timeout=20) as answer:
        return json.load(answer)
