"""A version is tried in the application itself before it is certified, and what was started for it always ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flighttime import package
from flighttime import signing
from flighttime import staging
from flighttime import standing
from flighttime.staging import asked as asked_in_earnest

# Answers something to whatever it is asked, and starts in no time.
SERVER = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
HTTPServer(("127.0.0.1", int(sys.argv[2])), BaseHTTPRequestHandler).serve_forever()
"""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen]]:
    """The processes that the test started, in the application's stead if it names another program."""
    processes: list[subprocess.Popen] = []
    start = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **how: processes.append(start(*args, **how)) or processes[-1])
    monkeypatch.setattr(staging, "APPLICATION", ["-c", SERVER])
    yield processes
    for process in processes:
        process.kill()
        process.wait()


def test_a_packaged_version_passes_in_a_process_of_its_own_which_ends(
    settled: Path,
    started: list[subprocess.Popen],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staging, "asked", asked_in_earnest)
    monkeypatch.setattr(staging, "APPLICATION", ["-m", "flighttime.app"])

    assert staging.trial("1") == []

    assert [process.poll() is not None for process in started] == [True]


def test_what_is_tried_is_the_challenger_and_lies_in_staging_as_it_was_packaged(
    contest: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_ENVIRONMENT", "staging")

    assert staging.trial("2") == []

    assert standing.read().version == "2"
    assert package.digests(contest / "staging" / "packages" / "2") == package.digests(package.place("2"))


def test_what_staging_does_not_trust_fails_the_trial_and_is_not_what_it_answers_with(
    contest: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_ENVIRONMENT", "staging")
    signing.trusted("staging").write_bytes(b"another key")

    (wrong,) = staging.trial("2")

    assert "is not signed by the key that staging trusts" in wrong
    assert standing.read().version == "1"


def test_an_application_that_does_not_start_fails_the_trial_with_its_last_words(
    settled: Path,
    started: list[subprocess.Popen],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staging, "asked", asked_in_earnest)
    monkeypatch.setattr(staging, "APPLICATION", ["-c", "raise SystemExit('no disk left')"])

    assert staging.trial("1") == ["the application does not start in staging (no disk left): mend that, and certify again"]


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, ValueError])
def test_the_process_ends_whatever_happens_meanwhile(
    interrupt: type[BaseException],
    started: list[subprocess.Popen],
) -> None:
    with pytest.raises(interrupt), staging.application():
        assert started[0].poll() is None
        raise interrupt

    assert started[0].poll() is not None


@pytest.mark.skipif(sys.platform == "win32", reason="there a process is just ended")
def test_the_process_ends_when_a_workflow_is_cancelled(started: list[subprocess.Popen]) -> None:
    with pytest.raises(SystemExit), staging.application():
        os.kill(os.getpid(), signal.SIGTERM)

    assert started[0].poll() is not None
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_an_application_that_runs_already_is_asked_instead(
    started: list[subprocess.Popen],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_STAGING", "http://staging.example")

    with staging.application() as address:
        assert address == "http://staging.example"

    assert started == []
