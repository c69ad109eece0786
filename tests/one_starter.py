"""One starter of warm commands for all processes of the tests: it takes seconds, and memory."""

import json
import shlex
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from ladder import warm

WANTED, READY = "wanted", "ready"
# What the processes of the tests import, and pytest as its plugins, wherever it is started.
OF_TESTS = (
    *("schemathesis.pytest.plugin", "hypothesis", "nbval.plugin", "pytest", "xdist.remote"),
    *("distributed", "psycopg", "selenium.webdriver.chrome.webdriver"),
)
MAX_SECONDS = 120


def offer(until: ExitStack) -> Path:
    """Start one as soon as a process asks for it in the folder that is returned."""
    folder = Path(until.enter_context(TemporaryDirectory(prefix="starter-")))
    ended = threading.Event()
    thread = threading.Thread(target=serve, args=(folder, ended), daemon=True)
    thread.start()
    until.callback(thread.join)
    until.callback(ended.set)
    return folder


def serve(folder: Path, ended: threading.Event) -> None:
    while not (folder / WANTED).exists():
        if ended.wait(0.1):
            return
    with warm.running(*OF_TESTS) as starter:
        text = json.dumps([f"{starter.programs}", starter.python, starter.is_warm])
        (folder / "text").write_text(text, encoding="utf-8")
        (folder / "text").rename(folder / READY)
        ended.wait()


def program(starter: warm.Starter) -> str | None:
    """What xdist starts a process of the tests with; execnet takes it apart as a shell would."""
    return shlex.quote(starter.python) if starter.is_warm else None


def ask(folder: Path) -> warm.Starter:
    """The starter that is offered in a folder; raises TimeoutError if it does not come."""
    (folder / WANTED).touch()
    late = time.monotonic() + MAX_SECONDS
    while not (folder / READY).exists():
        if time.monotonic() > late:
            raise TimeoutError(f"no starter in {folder} after {MAX_SECONDS} seconds")
        time.sleep(0.05)
    programs, python, is_warm = json.loads((folder / READY).read_text(encoding="utf-8"))
    return warm.Starter(Path(programs), python, is_warm)
