"""The application under load: started, ended and started again, with an eye on its memory and its log."""

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

SECONDS_TO_END = 45
SECONDS_BETWEEN_LOOKS = 1 / LOOKS_A_SECOND
# A request that was sent so shortly before the end may not have been read by then.
SECONDS_UNREAD = 1.0
END = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM)
# On Windows only a process in a group of its own can be told to end politely.
APART = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
IMPATIENT = """
import runpy
import sys
from flighttime.web import limits, patience
seconds = float(sys.argv.pop(1))
limits.SECONDS_TO_SEND = patience.SECONDS = patience.SECONDS_TO_TAKE = seconds
runpy.run_module("flighttime.app", run_name="__main__", alter_sys=True)
"""


class Application:
    """`patience`: so many seconds instead of its own time limits for slow clients."""

    def __init__(self, level: int, environment: Mapping[str, str], log: Path, patience: float | None) -> None:
        self.level = level
        # Below the ports that clients get, or one of them might sit on it when the application comes back.
        self.port = ports.somewhere()
        # The C library keeps what each thread once used: with few pools, growth is the application's own.
        self.environment = {"MALLOC_ARENA_MAX": "2", **environment}
        self.log = log
        self.patience = patience
        self.lives: list[list[int]] = []
        self.ending = asyncio.Event()
        self.left, self.back = float("inf"), float("inf")
        self.child: subprocess.Popen | None = None

    async def start(self) -> None:
        how = ["-m", "flighttime.app"] if self.patience is None else ["-c", IMPATIENT, f"{self.patience}"]
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                [sys.executable, *how, "--port", f"{self.port}"],
                cwd=LEVELS[self.level],
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
                creationflags=APART,
            )
        await asyncio.to_thread(serve.wait_until_ready, self.child, self.level, f"http://{ports.LOOPBACK}:{self.port}")
        self.lives.append([])
        self.back = time.monotonic()

    async def end(self) -> float:
        """Ask it to end; returns the seconds that took. Raises TimeoutError if it does not."""
        began = self.left = time.monotonic()
        self.back = float("inf")
        self.child.send_signal(END)
        self.ending.set()
        while self.child.poll() is None:
            if time.monotonic() > began + SECONDS_TO_END:
                raise TimeoutError
            await asyncio.sleep(0.02)
        return time.monotonic() - began

    def excuses(self, began: float) -> bool:
        """Whether a request that began then may have gone unanswered: it met a restart before it could be read."""
        return self.left - SECONDS_UNREAD <= began <= self.back

    async def watch(self) -> None:
        """Note the memory in use, again and again."""
        while True:
            with contextlib.suppress(psutil.Error):
                # While it starts or ends, its memory says nothing.
                if self.back < time.monotonic():
                    self.lives[-1].append(psutil.Process(self.child.pid).memory_info().rss)
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    def talks_to(self) -> set[int]:
        """The ports of the clients whose connections it holds."""
        with contextlib.suppress(psutil.Error):
            connections = psutil.Process(self.child.pid).net_connections("tcp")
            return {connection.raddr.port for connection in connections if connection.raddr}
        return set()

    def complaints(self) -> list[str]:
        """What the log says of failures."""
        lines = self.log.read_text("utf-8", errors="replace").splitlines()
        return [line[:300] for line in lines if line.strip() and '"INFO"' not in line and '"WARNING"' not in line]

    def close(self) -> None:
        """End it at once."""
        if self.child and self.child.poll() is None:
            self.child.kill()
            self.child.wait()
