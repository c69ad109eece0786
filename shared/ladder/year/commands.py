"""Run a command of the level in this process, as a person would type it."""

import contextlib
import io
import runpy
import sys
import warnings

from ladder.errors import LadderError


def command(module: str, *arguments: str) -> dict[str, str]:
    """Run `python -m flighttime.MODULE` in this process; returns its outputs by name."""
    printed = io.StringIO()
    before, sys.argv = sys.argv, [module, *arguments]
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(Tee(printed)):
            # The module may have been imported by another one before it runs as a command.
            warnings.simplefilter("ignore", RuntimeWarning)
            runpy.run_module(f"flighttime.{module}", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        if ended.code:
            raise LadderError(
                f"python -m flighttime.{module} {' '.join(arguments)} ended with {ended.code}"
            ) from None
    finally:
        sys.argv = before
    lines = (line.split(": ", 1) for line in printed.getvalue().splitlines() if ": " in line)
    return {name: value for name, value in lines}


class Tee(io.TextIOWrapper):
    """Standard output that is also stored."""

    def __init__(self, copy: io.StringIO) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")
        self.copy = copy

    def write(self, text: str) -> int:
        assert sys.__stdout__
        self.copy.write(text)
        return sys.__stdout__.write(text)
