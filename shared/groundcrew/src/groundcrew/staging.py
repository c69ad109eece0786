"""Start the application in staging, for the tests of a release candidate."""

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

from groundcrew import addresses
from groundcrew import children
from groundcrew import settings
from groundcrew.errors import UserError

SECONDS_TO_START = 60
SECONDS_TO_ANSWER = 30
SECONDS_BETWEEN_CHECKS = 0.05


@contextmanager
def application(environment: dict[str, str]) -> Iterator[str]:
    """Start the project's application on a free port, yield its address, and stop it.

    If FLIGHTTIME_STAGING names a running application, yield that address instead. `environment`
    is added to this process's variables. Raises UserError, with the last line of its log, if GET
    /health/live is not answered in time.
    """
    if running := os.environ.get("FLIGHTTIME_STAGING"):
        require_answer(running)
        yield running
        return
    module = f"{settings.project_name()}.app"
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    variables = {**os.environ, "FLIGHTTIME_RUNS": f"{settings.runs()}", **environment}
    # A cancelled workflow sends SIGTERM: exit in order, so that the application is stopped too.
    previous = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with (
            TemporaryFile() as log,
            children.running(
                ["-m", module, "--port", f"{port}"],
                cwd=settings.root(),
                env=variables,
                log=log,
            ) as process,
        ):
            if not has_started(process, address):
                raise UserError(
                    f"the application does not start ({children.last_line(log)}): "
                    f"run python -m {module} to see why",
                )
            yield address
    finally:
        signal.signal(signal.SIGTERM, previous)


def require_answer(address: str) -> None:
    """Raise UserError if nothing answers at FLIGHTTIME_STAGING: that is no fault of a model."""
    verify = addresses.needs_certificates(address)
    try:
        with httpx.Client(timeout=SECONDS_TO_ANSWER, trust_env=False, verify=verify) as http:
            http.get(f"{address}/health/live")
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        raise UserError(
            f"FLIGHTTIME_STAGING is {addresses.shown(address)}, where no application answers "
            f"({addresses.shown_in(problem)}): "
            "start it, or unset the variable to let this command start one",
        ) from None


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def has_started(process: subprocess.Popen, address: str) -> bool:
    """Wait for an answer; return False if the process ends first, or after SECONDS_TO_START."""
    deadline = time.monotonic() + SECONDS_TO_START
    # A proxy in the environment is not for requests to our own application.
    with httpx.Client(trust_env=False, verify=addresses.needs_certificates(address)) as http:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                http.get(f"{address}/health/live")
                return True
            except httpx.HTTPError:
                time.sleep(SECONDS_BETWEEN_CHECKS)
    return False
