"""A project's application, started in a sandbox and asked over HTTP."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from ladder import ports
from ladder.conformance.findings import NotMet
from ladder.conformance.findings import require
from ladder.conformance.sandbox import Sandbox
from ladder.conformance.starter import Command
from ladder.conformance.starter import Process

SECONDS_TO_START = 60.0
FLIGHT = {
    "carrier": "UA",
    "origin": "EWR",
    "dest": "IAH",
    "distance": 1400,
    "sched_dep_min": 317,
    "sched_block": 244,
    "seats": 149,
}


@dataclass
class Application:
    """A running application; each request becomes evidence."""

    address: str
    client: httpx.Client
    sandbox: Sandbox

    def predict(self, flights: Any = FLIGHT) -> dict:
        """The answer to POST /predict; raises NotMet for any other status than 200."""
        found = self.ask("POST", "/predict", flights)
        require(found.get("answers"), f"POST /predict gave no answers: {found}"[:200])
        return found

    def ask(self, method: str, path: str, body: Any = None) -> dict:
        started = time.perf_counter()
        line = f"{method} {path}"
        try:
            reply = self.client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise NotMet(f"{line} got no answer: {error}") from None
        seconds = time.perf_counter() - started
        self.sandbox.evidence.append(
            Command(line, reply.text[:2000], int(reply.status_code != 200), seconds)
        )
        if reply.status_code != 200:
            raise NotMet(f"{line} gave {reply.status_code}: {reply.text[:200]}")
        try:
            found = reply.json()
        except ValueError:
            raise NotMet(f"{line} gave no JSON: {reply.text[:200]}") from None
        require(isinstance(found, dict), f"{line} gave no JSON object: {reply.text[:200]}")
        return found


@contextmanager
def running(sandbox: Sandbox, module: str = "flighttime.app") -> Iterator[Application]:
    """The application on a free port; it ends with the block."""
    sandbox.need(module)
    port = ports.somewhere()
    address = f"http://{ports.LOOPBACK}:{port}"
    arguments = ["-m", module, "--port", f"{port}"]
    with (
        sandbox.starter.running(arguments, cwd=sandbox.code, env=sandbox.environment()) as process,
        httpx.Client(base_url=address, timeout=30, trust_env=False) as client,
    ):
        wait_for(client, process)
        sandbox.evidence.append(Command(f"python -m {module}", process.output(), 0, 0.0))
        yield Application(address, client, sandbox)


def wait_for(client: httpx.Client, process: Process) -> None:
    """Wait until it is alive; raises NotMet, with the last line of its log, if it ends first."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            client.get("/health/live")
            return
        except httpx.HTTPError:
            if process.ended:
                break
            time.sleep(0.05)
    lines = process.output().strip().splitlines() or ["its log is empty"]
    raise NotMet(f"the application does not start: {lines[-1]}")
