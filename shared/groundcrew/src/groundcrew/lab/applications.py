"""Start the project's application for a notebook, ask it, and stop it."""

import atexit
import os
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx

from groundcrew import children
from groundcrew import settings
from groundcrew import staging
from groundcrew.errors import UserError

SECONDS_TO_ANSWER = 60
SECONDS_TO_STOP = 10
SECONDS_TO_WAIT = 60
SECONDS_BETWEEN_CHECKS = 0.05


class Application:
    """The application, running on a free port: `address`, and `client` to ask it with.

    It starts in `folder` (default: the project's) with the given environment variables, and ends
    with `stop`, with the block, or with the kernel. Raises UserError if it does not start.
    """

    def __init__(self, folder: Path | None = None, **environment: str) -> None:
        port = staging.free_port()
        self.address = f"http://127.0.0.1:{port}"
        # A proxy in the environment is not for requests to our own application.
        self.client = httpx.Client(
            base_url=self.address,
            timeout=SECONDS_TO_ANSWER,
            trust_env=False,
        )
        module = f"{settings.project_name()}.app"
        self._process = children.start(
            ["-m", module, "--port", f"{port}"],
            cwd=folder or settings.root(),
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        )
        atexit.register(self.stop)
        if not staging.has_started(self._process, self.address):
            self.stop()
            raise UserError(f"the application does not start: run python -m {module} to see why")

    def is_running(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        """End the process, if it has not ended already."""
        atexit.unregister(self.stop)
        self.client.close()
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(SECONDS_TO_STOP)
        children.stop(self._process)

    def __enter__(self) -> "Application":
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for a condition; raises UserError after SECONDS_TO_WAIT."""
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while not condition():
        if time.monotonic() > deadline:
            reason = f"nothing changed in {SECONDS_TO_WAIT} seconds"
            raise UserError(f"{reason}: restart the kernel and run the cells again")
        time.sleep(SECONDS_BETWEEN_CHECKS)
