"""Install into `.venv` exactly what requirements.lock names, and this project beside it."""

import errno
import importlib.util
import os
import re
import shutil
import signal
import sys
import time
from functools import partial
from pathlib import Path
from typing import NoReturn

from ladder import machines
from ladder import stamp
from ladder import wheelhouse
from ladder.alone import one_setup
from ladder.diagnosis import cause
from ladder.diagnosis import explain
from ladder.errors import LadderError
from ladder.phase import PhaseFailed
from ladder.phase import run_phase
from ladder.wheelhouse import Wheelhouse

ROOT = Path(stamp.ROOT)
VENV = Path(stamp.venv())
LOCK = ROOT / "requirements.lock"
LOG = VENV / "ladder-install.log"
GUARD = VENV / "ladder-install.guard"
PYTHON = Path(stamp.interpreter())
UV = Path(stamp.programs()) / ("uv.exe" if os.name == "nt" else "uv")
NEEDED_GB = 2.0
Command = list[str | Path]
OUT_OF_REACH = ("network", "certificate")


def locked_entry(package: str, lock: str) -> str:
    """The lines of a lock that pin one package, hashes included."""
    found = re.search(rf"^{re.escape(package)}==.*?(?=^[^\s#])", lock + "\nend", re.M | re.S)
    if not found:
        raise LadderError(f"requirements.lock does not pin {package}; restore the file from git")
    return found.group()


def count_packages(lock: str) -> int:
    return len(re.findall(r"^[A-Za-z0-9]", lock, re.M))


def require_space() -> None:
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < NEEDED_GB:
        raise LadderError(
            f"{free:.1f} GB free where {ROOT} is, and the environment needs about "
            f"{NEEDED_GB:.0f} GB; free some space and call again"
        )


def require_venv_module() -> None:
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise LadderError(
        f"this Python {version} comes without its venv module; on Debian and Ubuntu: "
        f"sudo apt install python{version}-venv"
    )


def child_environment() -> dict[str, str]:
    unwanted = {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return {**kept, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def clear() -> None:
    """Empty `.venv`, except for the lock that this set-up holds."""
    if os.name == "nt" and Path(sys.prefix).resolve().is_relative_to(VENV):
        raise LadderError(".venv must be made again; type `deactivate` first, then call again")
    for entry in VENV.iterdir():
        if entry == GUARD:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def install_packages(step: partial[None], count: int, bundled: Wheelhouse | None) -> None:
    title = f"installing up to {count} packages"
    strict: Command = ["--require-hashes", "--no-build", "--python", PYTHON, LOCK]
    try:
        step(title, [UV, "pip", "sync", *(bundled.uv() if bundled else []), *strict])
    except PhaseFailed as failure:
        if bundled or cause(failure.output) not in OUT_OF_REACH:
            raise
        # Company mirrors are set in pip's own configuration, which uv does not read.
        pip: Command = [PYTHON, "-P", "-m", "pip", "install", "--no-compile"]
        options = ["--only-binary", ":all:", "--require-hashes", "-r", LOCK]
        step("installing with pip (slower)", [*pip, *options])


def build(guard: int, *, from_scratch: bool, bundled: Wheelhouse | None) -> None:
    environment = child_environment() | (bundled.environment() if bundled else {})
    step = partial(run_phase, environment=environment, log=LOG, keep_open=guard)
    lock = LOCK.read_text(encoding="utf-8")
    if from_scratch:
        machines.require_wheels()
        machines.require_short_path(str(ROOT))
        require_venv_module()
        require_space()
        clear()
        # Inside a virtual environment, which may be the one being replaced, use what it came from.
        base = getattr(sys, "_base_executable", None) or sys.executable
        step("making .venv", [base, "-P", "-m", "venv", VENV])
    only_uv = VENV / "ladder-uv.txt"
    only_uv.write_text(locked_entry("uv", lock), encoding="utf-8")
    pip: Command = [PYTHON, "-P", "-m", "pip", "install", "--retries", "2", "--require-hashes"]
    wheels = bundled.pip() if bundled else []
    step("installing uv", [*pip, "--no-deps", "--only-binary", ":all:", *wheels, "-r", only_uv])
    install_packages(step, count_packages(lock), bundled)
    local: Command = ["--offline", "--no-deps", "--no-build-isolation", "--python", PYTHON]
    ours: Command = ["--editable", ROOT, "--editable", ROOT / "shared" / "groundcrew"]
    step("installing ladder and groundcrew", [UV, "pip", "install", *local, *ours])
    step("compiling", [PYTHON, "-P", "-m", "ladder.compile"])


def explain_refusal(error: OSError) -> LadderError:
    place = error.filename or VENV
    if os.name == "nt" and error.errno == errno.EACCES:
        return LadderError(
            f"{place} cannot be written to; close the programs that use it, such as JupyterLab "
            "and other terminals, and call again"
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return LadderError(
            f"cannot write to {place} ({error.strerror}); make the folder yours, "
            "or clone into one that is"
        )
    if error.errno == errno.ENOSPC:
        return LadderError(f"no space left for {place}; free about {NEEDED_GB:.0f} GB")
    return LadderError(f"set-up stopped at {place}: {error.strerror or error}; call again")


def install_alone(bundled: Wheelhouse | None) -> None:
    VENV.mkdir(exist_ok=True)
    with one_setup(GUARD) as guard:
        verdict = stamp.verdict()
        if verdict is None:
            return
        if bundled:
            bundled.require_fit()
        started = time.monotonic()
        origin = f", from {bundled.place}" if bundled else ""
        print(f"ladder: setting up .venv ({verdict.reason}{origin})", file=sys.stderr)
        former = stamp.read()
        stamp.remove()
        try:
            build(guard.fileno(), from_scratch=verdict.from_scratch, bundled=bundled)
        except PhaseFailed as failure:
            if former and not verdict.from_scratch and cause(failure.output) in OUT_OF_REACH:
                # Nothing was changed yet: offline, going back to the former lock still works.
                stamp.write(former)
            raise
        stamp.write(stamp.complete())
        print(f"ladder: ready after {time.monotonic() - started:.0f} s", file=sys.stderr)


def stop(signal_number: int, _frame: object) -> NoReturn:
    sys.exit(128 + signal_number)


def install() -> None:
    """Bring `.venv` in step, or raise LadderError with a reason and a remedy."""
    # Without a handler, SIGTERM would leave the running step behind.
    for name in {"SIGTERM", "SIGHUP"} & set(dir(signal)):
        number = getattr(signal, name)
        # What `nohup` has ignored stays ignored.
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, stop)
    bundled = wheelhouse.find()
    try:
        install_alone(bundled)
    except PhaseFailed as failure:
        if bundled and cause(failure.output) in (*OUT_OF_REACH, "no wheel"):
            raise LadderError(bundled.explain(failure.title, LOG)) from failure
        raise LadderError(explain(failure.title, failure.output, LOG)) from failure
    except OSError as error:
        raise explain_refusal(error) from error
