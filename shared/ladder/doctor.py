"""Check this machine for what a first-time user needs, and name the remedy."""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ladder import machines
from ladder import ports
from ladder import stamp
from ladder import writable
from ladder.errors import typed
from ladder.places import FEED
from ladder.places import ROOT
from ladder.places import months

DISK_GB = 1.0
MEMORY_GB = 3.0
FLIGHTS = 336_776
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "firefox", "microsoft-edge")
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")


class Trouble(Exception):
    """A failed check: what is wrong and what to do, in one line."""


@dataclass(frozen=True)
class Check:
    name: str
    look: Callable[[], str]
    essential: bool = True


def python() -> str:
    if sys.version_info < (3, 11):
        raise Trouble(f"this is {sys.version.split()[0]}; Python 3.11 or newer is needed")
    return sys.version.split()[0]


def system() -> str:
    if (machines.this(), machines.python()) != machines.RUN_ON:
        raise Trouble(
            f"{machines.title()}: has not been run there yet; its packages exist, and the tests "
            "try that system's rules on Linux. Please report what differs"
        )
    return machines.title()


def environment() -> str:
    from ladder.installed import unmet

    missing = unmet((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise Trouble(
            f"differs from requirements.lock: lacks {', '.join(missing[:3])}{more}; "
            "delete the folder .venv and call `python3 ladder.py doctor`"
        )
    if Path(sys.prefix).resolve() == Path(stamp.venv()).resolve() and stamp.verdict():
        raise Trouble("out of step with requirements.lock; call `python3 ladder.py doctor`")
    return f"in step with requirements.lock, in {sys.prefix}"


def disk() -> str:
    place = writable.nearest()
    if why := writable.objection():
        raise Trouble(f"{why}; set LADDER_RUNS to a folder that you may write")
    free = shutil.disk_usage(place).free / 1e9
    if free < DISK_GB:
        raise Trouble(f"{free:.1f} GB free at {place}; runs want {DISK_GB:.0f} GB, free some")
    return f"{free:.0f} GB free at {place}"


def usable_memory() -> float:
    """Bytes of memory of this machine, or of the container that this process runs in."""
    import psutil

    total = psutil.virtual_memory().total
    limit = CONTAINER_LIMIT.read_text().strip() if CONTAINER_LIMIT.is_file() else "max"
    return min(total, int(limit)) if limit.isdigit() else total


def memory() -> str:
    size = usable_memory() / 1e9
    if size < MEMORY_GB:
        raise Trouble(
            f"{size:.1f} GB, and a whole `python3 ladder.py run` takes up to {MEMORY_GB:.0f} GB; "
            "run fewer levels at once, such as --levels 0,3"
        )
    return f"{size:.0f} GB"


def port(number: int, user: str) -> Callable[[], str]:
    def look() -> str:
        if ports.is_free(number):
            return "free"
        raise Trouble(f"in use; call `{user} --port {ports.next_free(number)}`")

    return look


def program(name: str, remedy: str) -> Callable[[], str]:
    def look() -> str:
        found = shutil.which(name)
        if not found:
            raise Trouble(f"not found; {remedy}")
        answer = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=30)
        if answer.returncode != 0:
            raise Trouble(f"{found} does not start; {remedy}")
        return answer.stdout.strip().splitlines()[0]

    return look


def browser() -> str:
    if sys.platform in ("win32", "darwin"):
        return "the system's own"
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        raise Trouble("none found; install chromium, or open runs/report.html elsewhere")
    return found


def feed() -> str:
    import pyarrow.parquet

    files = months(FEED / "flights")
    tables = [*files, *months(FEED / "weather")]
    rows = {}
    registers = [FEED / f"{name}.parquet" for name in ("planes", "airports", "airlines")]
    for file in [*tables, *registers]:
        try:
            rows[file] = pyarrow.parquet.read_metadata(file).num_rows
        except Exception as error:
            raise Trouble(f"{file} cannot be read; `git checkout -- shared/data`") from error
    flights = sum(rows[file] for file in files)
    if flights != FLIGHTS:
        raise Trouble(f"{flights:,} flights instead of {FLIGHTS:,}; `git checkout -- shared/data`")
    return f"{flights:,} flights in {len(files)} months"


CHECKS = [
    Check("Python", python),
    Check("system", system, essential=False),
    Check("environment", environment),
    Check("feed", feed),
    Check("disk", disk),
    Check("memory", memory, essential=False),
    Check("port 8000", port(8000, "python3 ladder.py serve N"), essential=False),
    Check("port 8888", port(8888, "python3 ladder.py lab N"), essential=False),
    Check("git", program("git", "install it from https://git-scm.com"), essential=False),
    Check("act", program("act", "`python3 ladder.py doctor` installs it"), essential=False),
    Check("browser", browser, essential=False),
]


def verdict(check: Check) -> tuple[bool, str]:
    try:
        return True, check.look()
    except Trouble as trouble:
        return False, str(trouble)
    except Exception as surprise:
        return False, f"could not be checked: {type(surprise).__name__}: {surprise}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has no arguments: everything is checked, always."""


def main(arguments: argparse.Namespace) -> int:
    missing = []
    for check in CHECKS:
        good, text = verdict(check)
        mark = "OK  " if good else "NO  " if check.essential else "note"
        print(f"{check.name:<12}{mark}  {typed(text)}", flush=True)
        if check.essential and not good:
            missing.append(check.name)
    if missing:
        print(f"\nNot ready: {', '.join(missing)}.")
        return 1
    print("\nReady: nothing essential is missing.")
    return 0
