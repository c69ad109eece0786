"""Run Python in a child process that ends with this process, whatever ends this process.

The child's stdin is a pipe of which this process holds the other end. The operating system closes
it when this process ends, and the child then ends too.
"""

import subprocess
import sys
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from typing import NamedTuple

# A path, not a module: the child may import another version of groundcrew.
SCRIPT = Path(__file__).with_name("ends_with_parent.py")
NOWHERE = subprocess.DEVNULL


class Ended(NamedTuple):
    """The exit code of a child, and the last line that it printed."""

    code: int
    last_line: str


def start(
    arguments: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    log: IO[bytes] | int = NOWHERE,
) -> subprocess.Popen:
    """Start `python ARGUMENTS`, which begin with -m MODULE or -c CODE; it prints to `log`."""
    # Unbuffered, so that the last line of the log is what was printed last.
    return subprocess.Popen(
        [sys.executable, "-u", str(SCRIPT), *arguments],
        cwd=cwd,
        env=env,
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
    )


def stop(process: subprocess.Popen) -> None:
    """End a child at once."""
    process.kill()
    process.wait()
    if process.stdin:
        process.stdin.close()


@contextmanager
def running(
    arguments: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    log: IO[bytes] | int = NOWHERE,
) -> Iterator[subprocess.Popen]:
    """Start a child as `start` does; it ends with the block."""
    process = start(arguments, cwd=cwd, env=env, log=log)
    try:
        yield process
    finally:
        stop(process)


def run(arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> Ended:
    """Run a child as `start` does, to its end."""
    with TemporaryFile() as log:
        with running(arguments, cwd=cwd, env=env, log=log) as process:
            code = process.wait()
        return Ended(code, last_line(log))


def last_line(log: IO[bytes]) -> str:
    """The last line of a log, or "its log is empty"."""
    log.seek(0)
    text = log.read().decode(errors="replace").strip()
    return text.rpartition("\n")[2] or "its log is empty"
