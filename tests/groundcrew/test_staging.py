"""The staging application answers at its address, and its process always ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from groundcrew import settings
from groundcrew import staging
from groundcrew.errors import UserError

# Answers any request with an environment variable, its folder and its state folder.
SERVER = """
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        names = os.environ["FLIGHTTIME_ENVIRONMENT"], os.getcwd(), os.environ["FLIGHTTIME_RUNS"]
        self.send_response(200)
        self.end_headers()
        self.wfile.write("|".join(names).encode())

assert sys.argv[1] == "--port"
HTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
"""
ENVIRONMENT = {"FLIGHTTIME_ENVIRONMENT": "staging"}


@pytest.fixture(autouse=True)
def app(project: Path) -> Path:
    """The module that is the application of the test's project."""
    module = project / "flighttime" / "app.py"
    module.write_text(SERVER, encoding="utf-8")
    return module


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen]]:
    """The processes that the test started."""
    processes: list[subprocess.Popen] = []

    def start(*args: object, **options: object) -> subprocess.Popen:
        processes.append(popen(*args, **options))
        return processes[-1]

    popen = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", start)
    yield processes
    for process in processes:
        process.kill()
        process.wait()


def test_the_application_runs_in_the_project_with_its_state_and_environment() -> None:
    with staging.application(ENVIRONMENT) as address:
        answer = httpx.get(address, trust_env=False).text

    assert answer.split("|") == ["staging", str(settings.root()), str(settings.runs())]


def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(staging, "SECONDS_TO_START", 10)

    with staging.application(ENVIRONMENT) as address:
        assert address.startswith("http://127.0.0.1:")


def test_an_application_that_does_not_start_is_an_error_with_the_end_of_its_log(app: Path) -> None:
    app.write_text("print('starting', flush=True); raise SystemExit('disk full')", encoding="utf-8")

    remedy = "run python -m flighttime.app to see why"
    with pytest.raises(UserError, match=rf"does not start \(disk full\): {remedy}"):
        with staging.application(ENVIRONMENT):
            pytest.fail("it did not start")


def test_an_application_that_never_answers_is_an_error(
    app: Path,
    started: list[subprocess.Popen],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staging, "SECONDS_TO_START", 0.3)
    app.write_text("import time; time.sleep(60)", encoding="utf-8")

    with pytest.raises(UserError, match=r"does not start \(its log is empty\)"):
        with staging.application(ENVIRONMENT):
            pytest.fail("it did not start")

    assert started[0].poll() is not None


def test_an_application_that_runs_in_staging_already_is_used(
    started: list[subprocess.Popen],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with staging.application(ENVIRONMENT) as running:
        monkeypatch.setenv("FLIGHTTIME_STAGING", running)

        with staging.application(ENVIRONMENT) as address:
            assert address == running

        assert len(started) == 1


@pytest.mark.parametrize("nowhere", ["http://127.0.0.1:9", "127.0.0.1:9", "http://127.0.0.1:x"])
def test_a_staging_application_that_does_not_answer_is_no_fault_of_a_model(
    nowhere: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_STAGING", nowhere)

    message = (
        f"FLIGHTTIME_STAGING is {nowhere}, where no application answers .*: start it, or unset"
    )
    with pytest.raises(UserError, match=message), staging.application(ENVIRONMENT):
        pytest.fail("there is none")


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, ValueError])
def test_the_process_ends_when_the_block_fails(
    interrupt: type[BaseException],
    started: list[subprocess.Popen],
) -> None:
    with pytest.raises(interrupt), staging.application(ENVIRONMENT):
        assert started[0].poll() is None
        raise interrupt

    assert started[0].poll() is not None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_the_process_ends_when_a_workflow_is_cancelled(started: list[subprocess.Popen]) -> None:
    before = signal.getsignal(signal.SIGTERM)

    with pytest.raises(SystemExit), staging.application(ENVIRONMENT):
        os.kill(os.getpid(), signal.SIGTERM)

    assert started[0].poll() is not None
    assert signal.getsignal(signal.SIGTERM) is before
