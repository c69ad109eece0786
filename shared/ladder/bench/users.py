"""Users who send requests at a constant rate while the loop works."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field

from ladder import ports

REQUESTS_A_SECOND = 50


@dataclass
class Asked:
    """The requests of users: seconds for each answer, and the failures."""

    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def p99(self) -> float:
        return sorted(self.seconds)[int(0.99 * (len(self.seconds) - 1))]


@contextmanager
def users(port: int, flight: dict, asked: Asked) -> Iterator[None]:
    """Request this flight at a constant rate until the end of the block."""
    over = threading.Event()
    asking = threading.Thread(
        target=ask_on, args=(port, json.dumps(flight), asked, over), daemon=True
    )
    asking.start()
    try:
        yield
    finally:
        over.set()
        asking.join()


def ask_on(port: int, flight: str, asked: Asked, over: threading.Event) -> None:
    connection, due = (
        http.client.HTTPConnection(ports.LOOPBACK, port, timeout=30),
        time.perf_counter(),
    )
    while not over.is_set():
        due += 1 / REQUESTS_A_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        began = time.perf_counter()
        try:
            connection.request("POST", "/predict", flight, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                asked.failed.append(body[:200].decode(errors="replace"))
        except OSError as problem:
            asked.failed.append(f"{problem}")
            connection.close()
        asked.seconds.append(time.perf_counter() - began)
