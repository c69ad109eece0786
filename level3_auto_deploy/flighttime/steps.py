"""Every step is a command that a person and a workflow call alike: this is what the commands share."""

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from actions_toolkit import core

from flighttime import settings
from flighttime.errors import Refused

A_SECOND = 1.0
PATIENCE = 2.0  # seconds


def parser(description: str) -> argparse.ArgumentParser:
    """A parser with what every step takes: the day it is to be."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    help = "act as on this day, such as 2013-03-01 (default: the day it is)"
    parser.add_argument("--today", type=date.fromisoformat, help=help)
    return parser


def run(main: Callable[[argparse.Namespace], None], parser: argparse.ArgumentParser) -> None:
    """Run a step's `main`; a refusal is told in one line, with exit code 2."""
    # An answer may hold any character, and some consoles are not UTF-8.
    sys.stdout.reconfigure(errors="replace")
    arguments = parser.parse_args()
    try:
        arguments.today = arguments.today or settings.today()
        main(arguments)
    except Refused as refusal:
        error(str(refusal))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def in_actions() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"


def output(name: str, value: object) -> None:
    """Give a value to the workflow's next steps; elsewhere, print it."""
    if in_actions():
        core.set_output(name, str(value))
    print(f"{name}: {value}", flush=True)


def summary(markdown: str) -> None:
    """Put a text on the page of the workflow's run; elsewhere, do nothing."""
    # The toolkit has no summaries.
    if in_actions() and (page := os.environ.get("GITHUB_STEP_SUMMARY")):
        with open(page, "a", encoding="utf-8") as file:
            file.write(f"{markdown}\n")


@contextmanager
def group(title: str) -> Iterator[None]:
    """A fold in the workflow's log; elsewhere, a heading."""
    if not in_actions():
        print(title, flush=True)
        yield
        return
    core.start_group(title)
    try:
        yield
    finally:
        core.end_group()


@contextmanager
def waiting(title: str) -> Iterator[None]:
    """On a terminal, tell how long the block has been at work once that is longer than a person likes to wait."""
    if not sys.stdout.isatty():
        yield
        return
    done = threading.Event()
    clock = threading.Thread(target=tell_time, args=(title, done), daemon=True)
    clock.start()
    try:
        yield
    finally:
        done.set()
        clock.join()


def tell_time(title: str, done: threading.Event) -> None:
    started, told = time.monotonic(), ""
    while not done.wait(A_SECOND):
        if time.monotonic() - started > PATIENCE:
            told = f"{title} {time.monotonic() - started:5.1f} s"
            print(f"\r{told}", end="", flush=True)
    print("\r" + " " * len(told) + "\r" if told else "", end="", flush=True)


def notice(text: str) -> None:
    core.notice(text) if in_actions() else print(text, flush=True)


def warning(text: str) -> None:
    core.warning(text) if in_actions() else print(f"warning: {text}", file=sys.stderr, flush=True)


def error(text: str) -> None:
    core.error(text) if in_actions() else print(f"error: {text}", file=sys.stderr, flush=True)
