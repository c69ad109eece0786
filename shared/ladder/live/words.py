"""Print a replay on the terminal: a line a week, the decisions between, and the result."""

import sys
from datetime import date

from ladder.live.copy import Copy
from ladder.live.pace import Pace
from ladder.look import terminal as look


class News:
    """The news of the copies; it stores what it has printed."""

    def __init__(self, copies: list[Copy]) -> None:
        self.copies = copies
        self.terminal = sys.stdout.isatty()
        self.shown = ""
        self.weeks = dict.fromkeys((copy.title for copy in copies), "")
        self.decisions = dict.fromkeys((copy.title for copy in copies), 0)

    def meanwhile(self, copy: Copy) -> None:
        """Show what a long day is spent on; on a terminal only."""
        if self.terminal and (state := copy.state()):
            self.show(f"{self.of(copy)}  {state['headline']} …")

    def print_week(self) -> None:
        """Print the newest complete week, and what was decided since the last call."""
        for copy in self.copies:
            state = copy.state()
            newest = last(state)
            if newest and newest["first"] != self.weeks[copy.title]:
                self.weeks[copy.title] = newest["first"]
                self.say(f"{self.of(copy)}{day(newest['first']):<22}{error(newest)}")
            printed, decisions = self.decisions[copy.title], state.get("decisions", [])
            self.decisions[copy.title] = len(decisions) or printed
            for decision in decisions[printed:]:
                reason = f": {decision['reason']}" if decision["reason"] else ""
                line = f"  {brief(decision['day']):>6}  {decision['sentence']}{reason}"
                self.say(f"{self.of(copy)}{line}")

    def end(self, pace: Pace) -> None:
        self.say("")
        for copy in self.copies:
            weeks = [week for week in copy.state().get("weeks", []) if week["mae"]]
            if flights := sum(week["labels"] for week in weeks):
                mean = sum(week["mae"] * week["labels"] for week in weeks) / flights
                self.say(
                    f"{copy.title}: {mean:.2f} minutes on average, "
                    f"on {flights:,} flights that landed"
                )
        self.say(f"{pace.days} days at {pace.text()}")

    def of(self, copy: Copy) -> str:
        """The title of the copy, where there are two."""
        if len(self.copies) < 2:
            return ""
        width = max(len(one.title) for one in self.copies)
        return f"{look.of_level(copy.level, copy.title.ljust(width))}  "

    def say(self, line: str) -> None:
        self.show("")
        print(line, flush=True)

    def show(self, line: str) -> None:
        """Show a line that the next one replaces; on a terminal only."""
        if self.terminal and line != self.shown:
            print(f"\r\x1b[2K{line}", end="", flush=True)
            self.shown = line


def last(state: dict) -> dict | None:
    return next((week for week in reversed(state.get("weeks", [])) if week["ratio"]), None)


def day(text: str) -> str:
    first = date.fromisoformat(text)
    return f"week of {first.day} {first:%B}"


def brief(text: str) -> str:
    return f"{date.fromisoformat(text).day} {date.fromisoformat(text):%b}"


def error(week: dict) -> str:
    return f"{week['mae']:5.1f} minutes off, {week['ratio']:.2f} times the route median"
