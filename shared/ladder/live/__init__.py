"""Replay the year on the running application, and show its mission control."""

import argparse
import contextlib
import time
from collections.abc import Iterator
from datetime import date

from ladder import browser
from ladder import ports
from ladder.alone import only_writer
from ladder.errors import LadderError
from ladder.live import beside
from ladder.live import pace
from ladder.live.copy import HOME
from ladder.live.copy import LEVEL
from ladder.live.copy import Copy
from ladder.live.copy import running
from ladder.live.pace import Pace
from ladder.live.words import News
from ladder.progress import Progress
from ladder.year import days

OVER = "The replay is over. {pages} up until Ctrl-C."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--level", type=int, default=LEVEL, help="4, the one with mission control (default)"
    )
    parser.add_argument(
        "--speed",
        default="1week/s",
        help="at most this fast, such as 1day/s or 2weeks/min (default: 1week/s)",
    )
    parser.add_argument(
        "--versus",
        type=int,
        help="3: beside it the same application, with models at Level 3's pace",
    )
    parser.add_argument(
        "--until", default=f"{days.LAST}", help="stop the year on this day, such as 2013-06-30"
    )
    parser.add_argument(
        "--port", type=int, default=8000, help="the port of the page (default: 8000)"
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument(
        "--exit", action="store_true", help="end with the replay, instead of staying up"
    )


def main(arguments: argparse.Namespace) -> int:
    speed, until = pace.read(arguments.speed), days.wanted(arguments.until)
    require_known(arguments)
    with contextlib.ExitStack() as stack:
        stack.enter_context(only_writer(HOME))
        page, copies = stack.enter_context(opened(arguments))
        print(f"Mission control is at {page}; Ctrl-C here stops everything.\n", flush=True)
        if not arguments.no_browser:
            browser.show(page)
        follow(copies, until, Pace(speed))
        if not arguments.exit:
            print(OVER.format(pages=f"{page} stays"), flush=True)
            stay(copies)
    return 0


def require_known(arguments: argparse.Namespace) -> None:
    """Raise LadderError for a level without the page, or a port that cannot be used."""
    if arguments.level != LEVEL:
        raise LadderError(
            f"--level {arguments.level} has no mission control: Level {LEVEL} is the one that has, "
            "so leave the option out"
        )
    if arguments.versus not in (None, 3):
        raise LadderError(
            f"--versus {arguments.versus} is not known: Level 3's pace is, "
            "so say --versus 3 or leave it out"
        )
    ports.require_free(arguments.port, "live")


@contextlib.contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[tuple[str, list[Copy]]]:
    """The address of the page, and the running copies, each with its first model."""
    port = arguments.port
    if arguments.versus is None:
        with running({"loop": port}, "") as copies:
            wait(copies)
            yield f"{copies[0].address}/control", copies
        return
    first = ports.next_free(port)
    framed_by = f"http://{ports.LOOPBACK}:{port}"
    with running({"loop": first, "calendar": ports.next_free(first)}, framed_by) as copies:
        wait(copies)
        with beside.served(port, copies) as page:
            yield page, copies


def wait(copies: list[Copy]) -> None:
    with Progress("building the first model") as progress:
        for copy in copies:
            while (message := copy.receive(0.2)) is None or message["kind"] != "open":
                progress.tick()


def follow(copies: list[Copy], until: date, pace: Pace) -> None:
    """Replay day after day, all copies in step, and print the news of each week."""
    news = News(copies)
    for day in days.span(days.FIRST, until):
        pace.wait()
        for copy in copies:
            copy.send(day)
        due = day.weekday() == 0
        for copy in copies:
            while (message := copy.receive(0.5)) is None or message["kind"] != "day":
                due = due or message is not None
                news.meanwhile(copy)
        if due:
            news.print_week()
    news.end(pace)


def stay(copies: list[Copy]) -> None:
    while True:
        for copy in copies:
            copy.receive(0)
        time.sleep(0.2)
