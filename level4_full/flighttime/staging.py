"""The trial of a release: its very bytes, in the application itself, in staging, asked as its clients ask."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

import httpx

from flighttime import environment
from flighttime import package
from flighttime import settings
from flighttime import smoke
from flighttime import tracking
from flighttime.errors import Refused

APPLICATION = ["-m", "flighttime.app"]
SECONDS_TO_START = 60


def trial(version: str) -> list[str]:
    """What is wrong with a version in staging, a sentence each; it stays there until the next one is tried."""
    try:
        package.promote(version, environment.STAGING)
        tracking.store().set_registered_model_alias(tracking.NAME, settings.tuned("staging")["answers_with"], version)
        return asked(version)
    except Refused as problem:
        return [str(problem)]


def asked(version: str) -> list[str]:
    with application() as address:
        return smoke.check(address, version)


@contextmanager
def application() -> Iterator[str]:
    """The address of the application in staging: FLIGHTTIME_STAGING, else of one that ends with the block."""
    if address := os.environ.get("FLIGHTTIME_STAGING"):
        yield address
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Whoever stops this process lets it end what it started.
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, *APPLICATION, "--port", f"{port}"],
            cwd=settings.ROOT,
            env={**os.environ, "FLIGHTTIME_ENVIRONMENT": environment.STAGING, "FLIGHTTIME_RUNS": str(settings.runs())},
            stdout=log,
            stderr=log,
        )
        try:
            if not up(process, f"http://127.0.0.1:{port}"):
                log.seek(0)
                last = log.read().decode(errors="replace").strip().rpartition("\n")[2]
                raise Refused(f"the application does not start in staging ({last or 'it says nothing'}): mend that, and certify again")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()
            signal.signal(signal.SIGTERM, before)


def up(process: subprocess.Popen, address: str) -> bool:
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/health/live")
            return True
        except httpx.HTTPError:
            time.sleep(0.05)
    return False

