"""Print the days of an incident, live, at one level or side by side at two."""

import itertools
import shutil
import textwrap
import time

from ladder.incidents.live_level import LiveLevel
from ladder.look import terminal as look

SIGNS = {
    "world": "~",
    "command": "$",
    "alarm": "!",
    "person": "@",
    "release": ">",
    "decision": ">",
    "answers": " ",
}
KEY = "~ the world   $ a command   ! an alarm or a call   @ a person   > a release or a decision"


def follow(name: str, levels: list[int], seed: int, pace: float) -> None:
    """Play the levels in step, day by day, and print what happens.

    A level that releases later is played for longer: the others wait with an empty column.
    """
    width = min(shutil.get_terminal_size((120, 40)).columns, 200) // len(levels) - 2
    started: list[LiveLevel] = []
    try:
        for level in levels:
            started.append(LiveLevel(name, level, seed))
        if len(levels) > 1:
            heads = (look.of_level(level, f"LEVEL {level}".ljust(width)) for level in levels)
            print("  ".join(heads).rstrip())
        while going_on := [level for level in started if level.goes_on]:
            days = {one: one.day() for one in going_on}
            print_day([days.get(one, []) for one in started], width)
            still = [one for one in going_on if one.goes_on]
            time.sleep(pace if still else 0)
            for one in still:
                one.next_day()
    finally:
        for one in started:
            one.close()


def print_day(days: list[list[dict]], width: int) -> None:
    day = next((events[0]["day"] for events in days if events), None)
    if day is None:
        return
    print(f"\n{day}", flush=True)
    columns = [[line for event in events for line in lines_of(event, width)] for events in days]
    for row in itertools.zip_longest(*columns, fillvalue=""):
        print("  ".join(text.ljust(width) for text in row).rstrip(), flush=True)


def lines_of(event: dict, width: int) -> list[str]:
    """An event in a column of this width, and the last line of a command that failed."""
    lines = wrapped(f"{event['at'][:5]} {SIGNS[event['kind']]} {event['text']}", width)
    if event.get("code"):
        last = event["output"].splitlines()[-1:] or [""]
        lines += wrapped(f"        exit code {event['code']}: {last[0]}", width)
    return lines


def wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent=" " * 8, break_on_hyphens=False)
