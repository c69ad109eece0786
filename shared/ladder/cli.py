"""The entry of the tool: list the commands, and import only the one that is called."""

import argparse
import difflib
import importlib
import io
import os
import signal
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from ladder import numbers
from ladder import writable
from ladder.errors import LadderError
from ladder.errors import typed
from ladder.places import RUNS

COMMANDS = {
    "Run": {
        "run": "replay a real year of flights on all five levels; writes runs/report.html",
        "incidents": "put the same twenty bad days to every level, and measure what happens",
        "incident": "watch one of them at one level, or at two side by side",
        "live": "watch Level 4 go through that year: its application, its loop, mission control",
        "feature": "the closing chapter: replay that year with a better feature, yours too",
    },
    "Explore": {
        "site": "all results as pages with one index: the year, the bad days, the steps, slides",
        "lab": "open a level in JupyterLab, as a copy that is yours to edit",
        "shell": "open a shell in a level, on its day, with a state folder of your own",
        "serve": "start a level's application on this machine",
        "platform": "start MLflow's pages and JupyterLab on what a level has made",
        "act": "run a level's GitHub workflow on this machine, without GitHub",
    },
    "Climb": {
        "start": "make a git repository of your own, at any level",
        "check": "where your climb stands, and what to type next; here: how the levels differ",
        "hint": "a hint for what `ladder check` found",
        "diff": "read what the next level changes, with the reasons; --html: side by side",
        "climb": "take the next level, or one FILE of it, merged with your edits; --undo",
        "exercise": "list the exercises of your level, open one, or take its --solution",
        "progress": "show how far you have come",
        "reset": "begin again at any level; what you had is kept on a branch",
    },
    "Check": {
        "doctor": "look at this machine and say OK, or what to do",
        "test": "run every test: the levels', the notebooks', the ladder's",
    },
    "Teach": {
        "teach": "schedules by the clock, and minutes measured or estimated",
        "slides": "the workshop's slides with speaker notes, or --wall: an A3 sheet for the wall",
        "bundle": "all of this in a folder, for machines without network",
    },
}
# For these the help has one line together.
MAINTAIN = {
    "soak": "load-test a level's application for a long time",
    "bench": "measure what a level costs on this machine",
    "carry": "carry an edit in a lower level up to the others",
    "lock": "write each level's requirements.lock again",
    "policies": "judge rules for retraining, on several years",
    "renew": "run notebooks again and store their output; --readmes",
}
# The commands of the climb, whose names mean something else among the tool's modules.
CLIMB = "ladder.climbing"
HELP = {name: line for group in COMMANDS.values() for name, line in group.items()} | MAINTAIN

IN_USE = 32  # Windows neither moves nor deletes what a program has open

PAGE = """\
mlops-ladder: one model, five levels of MLOps maturity, one real year of flights.
usage: python3 ladder.py COMMAND [options]

{commands}

Begin with `python3 ladder.py run` (about four minutes; first it installs 1.3 GB into .venv).
See COMMAND --help; `. .venv/bin/activate` (Windows: .venv\\Scripts\\activate) gives `ladder`.
For maintainers, see .github/CONTRIBUTING.md: {maintain}.
"""


def help_page() -> str:
    groups = (
        "\n".join([f"{title}:", *(f"  {name:<10}{line}" for name, line in group.items())])
        for title, group in COMMANDS.items()
    )
    return typed(PAGE.format(commands="\n\n".join(groups), maintain=", ".join(MAINTAIN)))


def wants_help(arguments: list[str]) -> bool:
    return not arguments or arguments[0] in ("-h", "--help", "help")


def require_command(name: str) -> None:
    if name in HELP:
        return
    close = difflib.get_close_matches(name, HELP, n=1)
    guess = f"did you mean {close[0]!r}? " if close else ""
    raise LadderError(f"there is no command {name!r}; {guess}`ladder --help` lists them")


def load(name: str) -> ModuleType:
    module = f"{CLIMB if name in COMMANDS['Climb'] and name != 'check' else 'ladder'}.{name}"
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name == module:
            raise LadderError(f"{name!r} is not part of this checkout yet") from None
        raise LadderError(
            f"{name!r} needs the package {missing.name!r}, which this Python does not have; "
            "`python3 ladder.py doctor` sets the environment up"
        ) from missing


def claim_environment() -> None:
    """Let child processes find this environment's programs first, and keep their bytecode."""
    programs = str(Path(sys.executable).parent)
    others = os.environ.get("PATH", os.defpath).split(os.pathsep)
    kept = [folder for folder in others if folder != programs]
    os.environ["PATH"] = os.pathsep.join([programs, *kept])
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    # Their output is read as UTF-8, also where the system has another encoding.
    os.environ["PYTHONUTF8"] = "1"


def stop(signal_number: int, _frame: object) -> NoReturn:
    sys.exit(128 + signal_number)


def report_defect(command: str) -> None:
    """Write the traceback to a file, and print the error and where the file is."""
    kind, value, _ = sys.exc_info()
    kept: Path | str = RUNS / "defect.txt"
    try:
        RUNS.mkdir(parents=True, exist_ok=True)
        (RUNS / "defect.txt").write_text(traceback.format_exc(), encoding="utf-8")
    except OSError:  # maybe the reason of the defect, such as a full disk
        traceback.print_exception(value)
        kept = "the lines above"
    name = kind.__name__ if kind else "error"
    print(f"ladder: {command} failed with {name}: {value}", file=sys.stderr)
    print(f"ladder: this is a defect; please report it with {kept}", file=sys.stderr)


def run_command(name: str, rest: list[str]) -> int:
    require_command(name)
    module = load(name)
    parser = argparse.ArgumentParser(prog=f"ladder {name}", description=HELP[name])
    module.add_arguments(parser)
    parsed = parser.parse_args(rest)
    numbers.require_range(parsed)
    if name != "doctor":  # which reports it beside the rest
        writable.require_runs()
    return module.main(parsed)


def main(arguments: list[str] | None = None) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        if wants_help(arguments):
            print(help_page(), end="")
            return 0
        # Without a handler, SIGTERM would leave child processes behind.
        signal.signal(signal.SIGTERM, stop)
        claim_environment()
        return run_command(arguments[0], arguments[1:])
    except LadderError as refusal:
        print(f"ladder: {typed(refusal)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nladder: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader closed the pipe; the interpreter must not report that when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if getattr(error, "winerror", None) != IN_USE:
            report_defect(arguments[0])
            return 1
        print(
            f"ladder: {getattr(error, 'filename', None)} is in use by another program; stop that, "
            "such as `ladder serve` or JupyterLab, and call again",
            file=sys.stderr,
        )
        return 2


if __name__ == "__main__":
    sys.exit(main())
