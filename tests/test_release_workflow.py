"""Level 3's release workflow as in GitHub: approved, denied, rejected, or rolled back."""

import http.server
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from level_runs import SMALL
from level_runs import copy_runs
from level_runs import level_environment
from level_runs import run_python
from level_runs import start_warm
from level_runs import starter

from ladder import act
from ladder import ports
from ladder import service
from ladder.places import LEVELS
from ladder.stage import Stage

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="act in host mode has not been tried on Windows"),
    # Level 3 goes on from the state of Level 4, which other tests need too.
    pytest.mark.parametrize("level", [4], indirect=True),
]

# Version 1 is the champion since 1 March. Two weeks later version 2 is better, and 3 (one tree)
# is worse.
VERSIONS = (
    SMALL
    + """
from flighttime import ingest, train
from groundcrew import registry
later = date(2013, 3, 15)
ingest.update(later)
registry.register(train.train(later))
model.build = lambda: build().set_params(trees__max_iter=1)
registry.register(train.train(later))
"""
)
CHAMPION = "import flighttime; from groundcrew import registry; print(registry.champion())"
DECISIONS = """
import flighttime
from groundcrew import ledger
print(*(entry["decision"] for entry in ledger.entries()), sep=", ")
"""


@pytest.fixture
def stage(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    place = tmp_path / "a workflow"
    place.mkdir()
    environment = level_environment(3, tmp_path)
    # The workflow gets the day as an input.
    del environment["FLIGHTTIME_TODAY"]
    stage = Stage(LEVELS[3], place, environment)
    start_warm(stage, monkeypatch)
    copy_runs(runs / LEVELS[4].name, stage.state)
    # One staging application for all: else each smoke test would start its own.
    port = ports.somewhere()
    staging = [starter().python, "-m", "flighttime.app", "--port", f"{port}"]
    environment = {**stage.environment, "FLIGHTTIME_ENVIRONMENT": "staging"}
    with service.running(
        "staging", staging, folder=stage.level, environment=environment, log=place / "staging.log"
    ):
        stage.environment["FLIGHTTIME_STAGING"] = f"http://{ports.LOOPBACK}:{port}"
        run(stage, VERSIONS)
        yield stage


def run(stage: Stage, program: str) -> str:
    environment = {**stage.environment, "FLIGHTTIME_TODAY": "2013-03-15"}
    return run_python(program, 3, environment).strip()


def dispatch(stage: Stage, version: str, *, approves: bool = True) -> int:
    inputs = [f"version={version}", "today=2013-03-15"]
    return act.play(
        stage,
        "workflow_dispatch",
        asked="release.yml",
        inputs=inputs,
        ask=lambda environment: approves,
    )


@contextmanager
def stuck_production(stage: Stage) -> Iterator[None]:
    """Production is a server that answers with version 1, whatever is released."""

    class Stuck(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            body = json.dumps({"status": "ready", "model": "1", "application": "stuck"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *what: object) -> None:
            """Print nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stuck)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stage.environment["FLIGHTTIME_APP"] = f"http://127.0.0.1:{server.server_port}"
    try:
        yield
    finally:
        del stage.environment["FLIGHTTIME_APP"]
        server.shutdown()
        server.server_close()


def test_a_version_is_denied_rolled_back_and_released_and_another_one_refused(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """One story, since each chapter begins where the one before has ended."""
    a_version_that_a_person_denies_is_not_released(stage, capsys)
    a_failed_smoke_test_restores_the_version_before(stage, capsys)
    an_approved_version_is_released_and_answers(stage, capsys)
    a_refusal_by_the_gate_is_no_failure_and_has_a_reason(stage, capsys)


def a_version_that_a_person_denies_is_not_released(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    with stuck_production(stage):
        code = dispatch(stage, "2", approves=False)

    output = capsys.readouterr().out
    assert code == 1, output
    assert "PROMOTE" in output
    assert "not approved for production" in output
    assert run(stage, CHAMPION) == "1"


def a_failed_smoke_test_restores_the_version_before(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    with stuck_production(stage):
        code = dispatch(stage, "2")

    output = capsys.readouterr().out
    assert code == 1, output
    assert "FAILED: release" in output
    assert run(stage, CHAMPION) == "1"
    assert run(stage, DECISIONS).endswith("releasing, rolled back to")


def an_approved_version_is_released_and_answers(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    code = dispatch(stage, "2")

    output = capsys.readouterr().out
    assert code == 0, output
    assert "production answers with version 1\n" in output
    assert "approved for production" in output
    assert "released: 2" in output
    assert "production answers with version 2\n" in output


def a_refusal_by_the_gate_is_no_failure_and_has_a_reason(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    with stuck_production(stage):
        code = dispatch(stage, "3")

    output = capsys.readouterr().out
    assert code == 0, output
    assert "REJECT" in output
    assert "| gain |" in output
    assert "over the floor of" in output and "call a person" in output
    assert "release\n  not run" in output
    assert run(stage, CHAMPION) == "2"
