"""Several processes that answer on one port end together, within the time that is stated."""

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import level_runs
import pytest
import stubborn

from groundcrew.web import server
from groundcrew.web import workers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends SIGTERM and SIGKILL")

# fake_level is in this folder.
APPLICATION = """
import ctypes, os, sys
from pathlib import Path

sys.path.insert(0, {folder!r})

def create():
    Path({pids!r}, f"{{os.getpid()}}").touch()
    # Nothing else runs in this process meanwhile, as in a long import.
    ctypes.PyDLL(None).sleep({seconds})
    from fake_level import Level
    return Level().app()
"""
GROUP = "import sys; from groundcrew.web import server; {change}; server.run({arguments})"
SECONDS = 60


@contextmanager
def group(
    folder: Path, *, seconds_to_start: int, change: str = ""
) -> Iterator[tuple[subprocess.Popen, int]]:
    """Two workers, of which each needs so long to start; their parent, and the port."""
    (folder / "pids").mkdir()
    values = {"folder": f"{Path(__file__).parent}", "pids": f"{folder / 'pids'}"}
    code = APPLICATION.format(seconds=seconds_to_start, **values)
    (folder / "grouped.py").write_text(code, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    arguments = f"'grouped:create', host='127.0.0.1', port={port}, workers=2"
    code = GROUP.format(change=change or "0", arguments=arguments)
    paths = os.pathsep.join([f"{folder}", os.environ.get("PYTHONPATH", "")])
    command = [level_runs.starter().python, "-c", code]
    with subprocess.Popen(command, env=level_runs.warmly(PYTHONPATH=paths)) as parent:
        try:
            wait_for(lambda: len(list((folder / "pids").iterdir())) == 2)
            yield parent, port
        finally:
            parent.kill()
            for pid in pids(folder):
                if is_running(pid):
                    os.kill(pid, signal.SIGKILL)


def pids(folder: Path) -> list[int]:
    return [int(file.name) for file in (folder / "pids").iterdir()]


def is_running(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", f"{pid}"], capture_output=True, text=True)
    return state.stdout.strip()[:1] not in ("", "Z")


def wait_for(condition: Callable[[], bool], seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def is_live(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/live", trust_env=False).is_success
    except httpx.TransportError:
        return False


def test_workers_end_when_their_parent_is_killed_and_the_port_is_free(tmp_path: Path) -> None:
    with group(tmp_path, seconds_to_start=0) as (parent, port):
        wait_for(lambda: is_live(port))

        # A client's death would end the workers too.
        level_runs.program_of(parent).kill()
        parent.wait()

        wait_for(lambda: not any(map(is_running, pids(tmp_path))), 20)
        with socket.create_server(("127.0.0.1", port)):
            pass


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_a_group_that_is_starting_ends_at_once(tmp_path: Path, end: signal.Signals) -> None:
    with group(tmp_path, seconds_to_start=SECONDS, change="server.GRACE_SECONDS = 1") as (
        parent,
        _,
    ):
        # Until the parent waits for a worker to say that it is well.
        time.sleep(2)
        parent.send_signal(end)

        assert parent.wait(10) == 0
        assert not any(map(is_running, pids(tmp_path)))


def test_a_group_that_answers_ends_in_order(tmp_path: Path) -> None:
    with group(tmp_path, seconds_to_start=0) as (parent, port):
        wait_for(lambda: is_live(port))

        parent.terminate()

        assert parent.wait(20) == 0
        assert not any(map(is_running, pids(tmp_path)))


def test_a_process_that_does_not_end_by_itself_is_ended() -> None:
    spawn = multiprocessing.get_context("spawn")
    ready = [spawn.Event(), spawn.Event()]
    processes = [
        spawn.Process(target=stubborn.work, args=which)
        for which in zip([True, False], ready, strict=True)
    ]
    for process in processes:
        process.start()
    assert all(each.wait(SECONDS) for each in ready)

    began = time.monotonic()
    workers.end(processes, grace=0.5)

    assert time.monotonic() - began < 5
    assert [process.exitcode for process in processes] == [-signal.SIGKILL, -signal.SIGTERM]


def test_the_grace_covers_the_answers_that_were_accepted() -> None:
    assert server.GRACE_SECONDS > server.SHUTDOWN_SECONDS
