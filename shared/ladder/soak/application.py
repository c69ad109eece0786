"""The application under load: start it, stop it, start it again, and watch memory and log."""

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from ladder import ports
from ladder import serve
from ladder.places import LEVELS
from ladder.soak.memory import LOOKS_A_SECOND

PYTHON = sys.executable
SECONDS_TO_END = 45
SECONDS_BETWEEN_LOOKS = 1 / LOOKS_A_SECOND
# A request sent within this time before the stop may not have been read.
SECONDS_UNREAD = 1.0
END = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM)
# On Windows only a process in its own group can be asked to stop.
APART = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
# The C library keeps memory for each thread; with few pools, growth is the application's.
FEW_POOLS = {"MALLOC_ARENA_MAX": "2"}
SHORT_TIMEOUTS = """
import runpy
import sys
from groundcrew.web import limits, timeouts
seconds = float(sys.argv.pop(1))
limits.BODY_SECONDS = timeouts.HEADER_SECONDS = timeouts.RESPONSE_SECONDS = seconds
runpy.run_module("flighttime.app", run_name="__main__", alter_sys=True)
"""


class Application:
    """The application; `patience` replaces its time limits for slow clients, in seconds."""

    def __init__(
        self, level: int, environment: Mapping[str, str], log: Path, patience: float | None
    ) -> None:
        self.level = level
        # Below the ports of clients, or one of them might have it after the restart.
        self.port = ports.somewhere()
        self.environment = {**FEW_POOLS, **environment}
        self.log = log
        self.patience = patience
        self.lives: list[list[int]] = []
        self.ending = asyncio.Event()
        self.left, self.back = float("inf"), float("inf")
        self.child: subprocess.Popen | None = None

    async def start(self) -> None:
        command = ["-m", "flighttime.app"]
        if self.patience is not None:
            command = ["-c", SHORT_TIMEOUTS, f"{self.patience}"]
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                [PYTHON, *command, "--port", f"{self.port}"],
                cwd=LEVELS[self.level],
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
                creationflags=APART,
            )
        await asyncio.to_thread(
            serve.wait_until_ready, self.child, self.level, f"http://{ports.LOOPBACK}:{self.port}"
        )
        self.lives.append([])
        self.back = time.monotonic()

    async def end(self) -> float:
        """Ask it to stop; returns the seconds until it did, or raises TimeoutError."""
        began = self.left = time.monotonic()
        self.back = float("inf")
        assert self.child
        self.child.send_signal(END)
        self.ending.set()
        while self.child.poll() is None:
            if time.monotonic() > began + SECONDS_TO_END:
                raise TimeoutError
            await asyncio.sleep(0.02)
        return time.monotonic() - began

    def excuses(self, began: float) -> bool:
        """Whether a request that began then may be unanswered because of a restart."""
        return self.left - SECONDS_UNREAD <= began <= self.back

    async def watch(self) -> None:
        """Measure the memory in use at regular intervals."""
        while True:
            with contextlib.suppress(psutil.Error):
                # While it starts or stops, its memory means nothing.
                if self.child and self.back < time.monotonic():
                    self.lives[-1].append(psutil.Process(self.child.pid).memory_info().rss)
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    def client_ports(self) -> set[int]:
        """The ports of the clients whose connections it holds."""
        assert self.child
        with contextlib.suppress(psutil.Error):
            connections = psutil.Process(self.child.pid).net_connections("tcp")
            return {connection.raddr.port for connection in connections if connection.raddr}
        return set()

    def complaints(self) -> list[str]:
        """The lines of the log that report a failure."""
        lines = self.log.read_text("utf-8", errors="replace").splitlines()
        return [
            line[:300]
            for line in lines
            if line.strip() and '"INFO"' not in line and '"WARNING"' not in line
        ]

    def close(self) -> None:
        """Kill it."""
        if self.child and self.child.poll() is None:
            self.child.kill()
            self.child.wait()
