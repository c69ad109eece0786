"""Run a level's own commands in this process, as a person would type them; keep the output."""

import contextlib
import io
import os
import runpy
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from typing import Any


@dataclass(frozen=True)
class Done:
    """A command that has ended: its words, exit code, output and seconds."""

    words: str
    code: int
    output: str
    seconds: float
    names: dict[str, Any] = field(default_factory=dict, repr=False)  # what a script has defined

    @property
    def outputs(self) -> dict[str, str]:
        lines = (line.split(": ", 1) for line in self.output.splitlines() if ": " in line)
        return dict(lines)

    @property
    def message(self) -> str:
        """The last line, which says what is wrong if something is."""
        lines = [line for line in self.output.strip().splitlines() if line.strip()]
        return lines[-1] if lines else ""


def module(name: str, *arguments: str) -> Done:
    """`python -m NAME ARGUMENTS`."""
    return _run(f"python -m {name}", name, arguments, lambda: _as_main(name))


def script(path: str, *arguments: str, words: str = "") -> Done:
    """`python PATH ARGUMENTS`."""
    start = words or f"python {path}"
    return _run(start, path, arguments, lambda: runpy.run_path(path, run_name="__main__"))


@contextlib.contextmanager
def largest_file(most: int | None) -> Iterator[None]:
    """While the block runs, no file of this process may grow beyond so many bytes."""
    if most is None:
        yield
        return
    import resource

    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def _as_main(name: str) -> dict[str, Any]:
    return runpy.run_module(name, run_name="__main__", alter_sys=True)


def _run(
    start: str, name: str, arguments: tuple[str, ...], call: Callable[[], dict[str, Any]]
) -> Done:
    printed, before, started = io.StringIO(), sys.argv, time.perf_counter()
    sys.argv = [name, *arguments]
    code, names = 0, {}
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
        ):
            warnings.simplefilter("ignore")
            names = call()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    except Exception:  # what a person would see as a traceback
        printed.write(traceback.format_exc())
        code = 1
    finally:
        sys.argv = before
    words = " ".join([start, *(os.path.relpath(a) if os.path.isabs(a) else a for a in arguments)])
    return Done(words, code, printed.getvalue(), time.perf_counter() - started, names)
