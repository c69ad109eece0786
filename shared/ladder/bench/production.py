"""What the loop acts on: the calendar, the application and the ledger, in one folder of state."""

import http.client
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ladder import ports
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.service import running

LEVEL = LEVELS[4]


@dataclass
class Production:
    """The calendar, the application, and the ledger that the loop writes."""

    state: Path
    port: int = 0

    @property
    def loop_log(self) -> Path:
        return self.state / "loop.log"

    def set_today(self, day: date) -> None:
        new = self.state / "today.new"
        new.write_text(f"{day}", encoding="utf-8")
        new.replace(self.state / "today")

    def predict(self, flights: list[dict] | dict) -> dict:
        return self.request("POST", "/predict", json.dumps(flights))

    def shadow(self) -> str | None:
        return self.request("GET", "/version").get("shadow")

    def request(self, method: str, path: str, body: str | None = None) -> dict:
        connection = http.client.HTTPConnection(ports.LOOPBACK, self.port, timeout=60)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200:
            reason = answer.read(300).decode(errors="replace")
            raise LadderError(f"the application answers {answer.status}: {reason}")
        return json.load(answer)

    def decisions(self) -> set[str]:
        ledger = self.state / "ledger.jsonl"
        return {
            json.loads(line)["decision"]
            for line in ledger.read_bytes().splitlines()
            if line.endswith(b"}")
        }


@contextmanager
def application(state: Path, environment: dict[str, str], name: str) -> Iterator[int]:
    """Start the application in one of its environments; yields its port."""
    port = ports.somewhere()
    command = [sys.executable, "-m", "flighttime.app", "--port", f"{port}"]
    own = environment | {"FLIGHTTIME_ENVIRONMENT": name}
    with running(
        name, command, folder=LEVEL, environment=own, log=state / f"{name}.log"
    ) as service:
        service.wait_until_answering(f"http://{ports.LOOPBACK}:{port}/health/live")
        yield port
