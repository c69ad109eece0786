"""The release workflow of Level 3, as GitHub would run it: approved, denied, refused by the gate, undone after the smoke test."""

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ladder import act
from ladder import ports
from ladder import service
from ladder.places import FEED
from ladder.places import LEVELS
from ladder.stage import Stage

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="act in host mode has not been tried on Windows"),
]

# Version 1 is released on 1 March. A fortnight later version 2 is better, and version 3, of a single tree, is worse.
VERSIONS = """
from datetime import date
from flighttime import certify, ingest, model, package, release, tracking, train
first, later = date(2013, 3, 1), date(2013, 3, 15)
build = model.build
ingest.update(first)
tracking.register(train.train(first))
package.package("1")
certify.certify("1", first)
release.release("1", first, "Kim")
ingest.update(later)
tracking.register(train.train(later))
model.build = lambda: build().set_params(trees__max_iter=1)
tracking.register(train.train(later))
"""
CHAMPION = "from flighttime import production; print(production.released())"
DECISIONS = "from flighttime import ledger; print(*(entry['decision'] for entry in ledger.entries()), sep=', ')"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    place = tmp_path / "a workflow"
    place.mkdir()
    outer = {name: value for name, value in os.environ.items() if not name.startswith("FLIGHTTIME_")}
    stage = Stage(LEVELS[3], place, {**outer, "FLIGHTTIME_FEED": str(FEED), "PYTHONDONTWRITEBYTECODE": "1"})
    # One staging application for all: else each trial would start its own.
    port = ports.somewhere()
    staging = [sys.executable, "-m", "flighttime.app", "--port", f"{port}"]
    there = {**stage.environment, "FLIGHTTIME_ENVIRONMENT": "staging"}
    with service.running("staging", staging, folder=stage.level, environment=there, log=place / "staging.log"):
        stage.environment["FLIGHTTIME_STAGING"] = f"http://{ports.LOOPBACK}:{port}"
        run(stage, VERSIONS)
        yield stage


def run(stage: Stage, program: str) -> str:
    environment = {**stage.environment, "FLIGHTTIME_TODAY": "2013-03-15"}
    done = subprocess.run([sys.executable, "-c", program], cwd=stage.level, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def dispatch(stage: Stage, version: str, *, approves: bool = True) -> int:
    inputs = [f"version={version}", "today=2013-03-15"]
    return act.play(stage, "workflow_dispatch", asked="release.yml", inputs=inputs, ask=lambda environment: approves)


@contextmanager
def deaf(stage: Stage) -> Iterator[None]:
    """Production is something that answers with version 1, whatever is released."""

    class Deaf(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            body = json.dumps({"status": "ready", "model": "1", "application": "deaf"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *what: object) -> None:
            """It is silent, too."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Deaf)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stage.environment["FLIGHTTIME_APP"] = f"http://127.0.0.1:{server.server_port}"
    try:
        yield
    finally:
        del stage.environment["FLIGHTTIME_APP"]
        server.shutdown()
        server.server_close()


def test_a_version_is_denied_undone_released_and_another_refused(stage, capsys):
    """One story, since each chapter begins with what the one before has left."""
    what_a_person_denies_is_not_released(stage, capsys)
    where_the_smoke_test_fails_the_version_before_is_back(stage, capsys)
    what_is_approved_is_released_and_answers(stage, capsys)
    what_the_gate_refuses_is_no_failure_and_says_why(stage, capsys)


def what_a_person_denies_is_not_released(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    with deaf(stage):
        code = dispatch(stage, "2", approves=False)

    told = capsys.readouterr().out
    assert code == 1, told
    assert "PROMOTE" in told
    assert "not approved for production" in told
    assert run(stage, CHAMPION) == "1"


def where_the_smoke_test_fails_the_version_before_is_back(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    with deaf(stage):
        code = dispatch(stage, "2")

    told = capsys.readouterr().out
    assert code == 1, told
    assert "FAILED: release" in told
    assert run(stage, CHAMPION) == "1"
    assert run(stage, DECISIONS).endswith("releasing, rolled back to")


def what_is_approved_is_released_and_answers(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    code = dispatch(stage, "2")

    told = capsys.readouterr().out
    assert code == 0, told
    assert "production answers with version 1\n" in told
    assert "approved for production" in told
    assert "released: 2" in told
    assert "production answers with version 2\n" in told


def what_the_gate_refuses_is_no_failure_and_says_why(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    with deaf(stage):
        code = dispatch(stage, "3")

    told = capsys.readouterr().out
    assert code == 0, told
    assert "REJECT" in told
    assert "| gain on the champion |" in told
    assert "times the route median's" in told
    assert "release\n  not run" in told
    assert run(stage, CHAMPION) == "2"
