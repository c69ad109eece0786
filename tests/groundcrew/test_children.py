"""A child process runs as Python would run it, and ends with its parent, however that ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from groundcrew import children

PARENT = """
import os, sys, time
from pathlib import Path
from groundcrew import children

child = children.start(["-c", "import time; time.sleep(60)"], cwd=Path.cwd(), env=os.environ)
print(child.pid, flush=True)
time.sleep(60)
"""
SECONDS_TO_END = 20


def is_running(pid: int) -> bool:
    try:
        # A process that has ended stays a zombie where no process waits for it.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks up processes in /proc")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_child_ends_with_its_parent(end: signal.Signals) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    assert is_running(child)

    parent.send_signal(end)
    parent.communicate()

    deadline = time.monotonic() + SECONDS_TO_END
    while is_running(child):
        assert time.monotonic() < deadline, "the child is still running"
        time.sleep(0.05)


def test_a_child_ends_with_the_block(tmp_path: Path) -> None:
    command = ["-c", "import time; time.sleep(60)"]

    with children.running(command, cwd=tmp_path, env=os.environ) as process:
        assert process.poll() is None

    assert process.poll() is not None


def test_a_module_is_imported_from_the_folder_of_the_child(tmp_path: Path) -> None:
    # A module of this name is also beside the script that starts it.
    (tmp_path / "files.py").write_text("import sys; print(sys.argv[1:], __name__)", "utf-8")

    ended = children.run(["-m", "files", "--a", "b"], cwd=tmp_path, env=os.environ)

    assert ended == (0, "['--a', 'b'] __main__")


@pytest.mark.parametrize("code", ["raise SystemExit('no disk')", "print('x'); raise ValueError(1)"])
def test_the_exit_code_and_the_last_line_are_returned(code: str, tmp_path: Path) -> None:
    ended = children.run(["-c", code], cwd=tmp_path, env=os.environ)

    assert ended == (1, "no disk" if "disk" in code else "ValueError: 1")


def test_the_last_line_of_nothing_says_so(tmp_path: Path) -> None:
    assert children.run(["-c", ""], cwd=tmp_path, env=os.environ) == (0, "its log is empty")
