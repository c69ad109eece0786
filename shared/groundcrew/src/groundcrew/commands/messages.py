"""What a command says: plain text to a person, annotations and outputs to a GitHub workflow."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from types import ModuleType

from groundcrew.errors import UserError

SECONDS_BETWEEN_UPDATES = 1.0
SECONDS_UNTIL_PROGRESS = 2.0


def in_actions() -> bool:
    """Return whether this process runs in a workflow of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def output(name: str, value: object) -> None:
    """Print `name: value`, and in a workflow pass the value to its next steps."""
    print(f"{name}: {value}", flush=True)
    if in_actions():
        _workflow_file("GITHUB_OUTPUT")
        _toolkit().set_output(name, str(value))


def outputs(values: Mapping[str, object]) -> None:
    """Give each value out by its name, like `output`."""
    for name, value in values.items():
        output(name, value)


def notice(message: str) -> None:
    """Print a message; in a workflow, as an annotation."""
    _toolkit().notice(message) if in_actions() else print(message, flush=True)


def warning(message: str) -> None:
    """Print a warning to stderr; in a workflow, as an annotation."""
    _toolkit().warning(message) if in_actions() else _to_stderr(f"warning: {message}")


def error(message: str) -> None:
    """Print an error to stderr; in a workflow, as an annotation."""
    _toolkit().error(message) if in_actions() else _to_stderr(f"error: {message}")


def summary(markdown: str) -> None:
    """Append to the summary page of the workflow run; elsewhere, do nothing."""
    # actions_toolkit has no function for it.
    if in_actions() and (page := _workflow_file("GITHUB_STEP_SUMMARY")):
        with open(page, "a", encoding="utf-8") as file:
            file.write(f"{markdown}\n")


@contextmanager
def group(title: str) -> Iterator[None]:
    """Fold the block's output in a workflow's log; elsewhere, print `title` as a heading."""
    if not in_actions():
        print(title, flush=True)
        yield
        return
    _toolkit().start_group(title)
    try:
        yield
    finally:
        _toolkit().end_group()


@contextmanager
def progress(title: str) -> Iterator[None]:
    """Show on a terminal how long the block has been running, once that exceeds two seconds."""
    if not sys.stdout.isatty():
        yield
        return
    done = threading.Event()
    clock = threading.Thread(target=_show_seconds, args=(title, done), daemon=True)
    clock.start()
    try:
        yield
    finally:
        done.set()
        clock.join()


def _show_seconds(title: str, done: threading.Event) -> None:
    started, line = time.monotonic(), ""
    while not done.wait(SECONDS_BETWEEN_UPDATES):
        if (seconds := time.monotonic() - started) > SECONDS_UNTIL_PROGRESS:
            line = f"{title} {seconds:5.1f} s"
            print(f"\r{line}", end="", flush=True)
    print("\r" + " " * len(line) + "\r" if line else "", end="", flush=True)


def _workflow_file(variable: str) -> str:
    """The path in a variable, "" if it is not set; raises UserError if it cannot be written."""
    path = os.environ.get(variable, "")
    try:
        if path:
            open(path, "a").close()
    except OSError as problem:
        reason = f"{variable} names {path}, which cannot be written ({problem.strerror})"
        raise UserError(f"{reason}: name another file, or unset GITHUB_ACTIONS") from None
    return path


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _toolkit() -> ModuleType:
    # Imported late, since it takes 0.15 s and is needed in workflows only.
    from actions_toolkit import core

    return core
