"""Sentences on the steps of the ladder: what each gained in minutes or in work."""

from itertools import pairwise
from typing import Any

from ladder.report.wording import TIE
from ladder.report.wording import Finding
from ladder.report.wording import count
from ladder.report.wording import joined
from ladder.report.wording import listing
from ladder.report.wording import minutes
from ladder.report.wording import name
from ladder.report.wording import pair

Row = dict[str, Any]


def steps(levels: list[Row]) -> Finding | None:
    """Which step bought the minutes, and where the ladder buys something else."""
    *lower, high = levels
    if len(lower) < 2:
        work = hands("What it also saves is work", levels[0], high)
        return Finding(work) if work else None
    largest, rivals = (
        largest_step(levels),
        [row for row in lower if row["mae"] <= high["mae"] + TIE],
    )
    if rivals:
        best = min(rivals, key=lambda row: row["mae"])
        return Finding(
            rivalry(rivals, best, high),
            joined(largest, hands(f"What {name(high)} saves is work", best, high)),
        )
    lowest = next((row for row in lower if row["manual_steps_per_release"] is not None), high)
    alone = f"No lower level comes within {TIE} minutes of {name(high)}."
    return Finding(largest, joined(alone, hands("It saves work, too", lowest, high)))


def rivalry(rivals: list[Row], best: Row, high: Row) -> str:
    """The lower level that did best, if it did as well as the highest."""
    numbers = pair(best["mae"], high["mae"], "minutes against")
    if high["mae"] - best["mae"] > TIE:
        return f"{name(best)} did better than {name(high)}: {numbers}."
    verb = "ties" if len(rivals) == 1 else "tie"
    return f"{listing(map(name, rivals))} {verb} with {name(high)} on accuracy: {numbers}."


def largest_step(levels: list[Row]) -> str:
    """Every step in minutes, the largest first."""
    gains = {
        (low["level"], high["level"]): low["mae"] - high["mae"] for low, high in pairwise(levels)
    }
    low, high = max(gains, key=gains.__getitem__)
    gain = gains.pop((low, high))
    if gain <= TIE:
        return f"No single step bought more than {TIE} minutes."
    others = listing(step(*between, value) for between, value in gains.items())
    return f"The largest step is from Level {low} to Level {high}, {minutes(gain)}; {others}."


def step(low: int, high: int, gain: float) -> str:
    if abs(gain) <= TIE:
        return f"{low} to {high} changed less than {TIE}"
    return f"{low} to {high} {'bought' if gain > 0 else 'cost'} {abs(gain):.1f}"


def hands(opening: str, low: Row, high: Row) -> str:
    """What a release asks of people at two levels, where both made one."""
    before, after = low["manual_steps_per_release"], high["manual_steps_per_release"]
    if low is high or before is None or after is None:
        return ""
    if after >= before:
        return (
            f"A release takes people {count(before, 'step')} at {name(low)} "
            f"and {after:g} at {name(high)}: no work was saved."
        )
    left = f"{after:g}" if after else "none"
    return (
        f"{opening}: a release takes people {count(before, 'step')} at {name(low)}, "
        f"{left} at {name(high)}."
    )
