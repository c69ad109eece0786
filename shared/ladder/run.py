"""Build five levels, check that they have one model, and replay a real year through all of them."""

import argparse
import re
import time
from datetime import date

import pandas as pd

from ladder import report
from ladder.alone import only_writer
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import RUNS
from ladder.publish import publish
from ladder.publish import require_whole
from ladder.year import assumptions
from ladder.year import builds
from ladder.year import days
from ladder.year import measures
from ladder.year import world
from ladder.year.crew import Crew
from ladder.year.crew import crew
from ladder.year.progress import Progress

REPORTED = ("release", "refused", "trial", "confirmed", "rollback", "call")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--levels", default="0,1,2,3,4", help="only these, such as 0,3 (default: all five)"
    )
    parser.add_argument(
        "--until", default=f"{days.LAST}", help="stop the year on this day, such as 2013-06-30"
    )
    parser.add_argument(
        "--publish",
        action="store_true",
        help="for maintainers: renew the README's table and picture",
    )


def main(arguments: argparse.Namespace) -> int:
    started = time.perf_counter()
    levels, until = wanted_levels(arguments.levels), days.wanted(arguments.until)
    if arguments.publish:
        require_whole(len(levels), f"{until}")
    assumed = assumptions.read()
    with only_writer(RUNS):
        make_room(levels)
        with crew(levels, until) as hands:
            landed, timings, events, same = follow(hands, levels, until)
    judged = judge(levels, until, assumed, landed, events)
    result = {
        "elapsed_s": round(time.perf_counter() - started, 1),
        "same_model_max_abs_diff": same,
        **judged,
        "assumptions": assumed,
        "until": f"{until}",
        "timings": timings,
    }
    report.write_report(result, RUNS)
    if arguments.publish:
        publish(result)
    print(f"\n{report.print_table(result)}\n\nThe whole story, as a page: {RUNS / 'report.html'}")
    print("With the bad days, the staircase and the steps, as pages with one index: `ladder site`")
    return 0


def wanted_levels(text: str) -> list[int]:
    if not re.fullmatch(r"[0-4](,[0-4])*", text):
        raise LadderError(
            f"--levels {text!r} is not a list of levels: give numbers from 0 to 4, such as 0,3"
        )
    return sorted({int(number) for number in text.split(",")})


def make_room(levels: list[int]) -> None:
    """Empty the state for a new year, but keep state that a person made by hand."""
    for level in levels:
        runs = RUNS / LEVELS[level].name
        if kept := builds.set_aside(runs):
            print(
                f"{runs} was not made by a run: it is kept as {kept}, "
                "and works again when it is moved back"
            )


def follow(
    hands: Crew, levels: list[int], until: date
) -> tuple[pd.DataFrame, list[dict], list[dict], float]:
    """Follow the levels through build, comparison and year.

    Returns the landings, timings, events, and the largest difference between two models.
    """
    print(
        "Building the model from January and February, at each level by its own means: "
        f"{listed(levels)}"
    )
    progress, timings, events = Progress(levels, until, "building"), [], []
    for message in hands.messages(until="built"):
        progress.update(message)
        if message["kind"] == "built":
            timings.append(
                {
                    "what": f"Level {message['level']}: build",
                    "seconds": round(message["seconds"], 1),
                }
            )
    progress.draw(last=True)
    same = measures.difference({level: read(level, "sample") for level in levels})
    flights = len(read(levels[0], "sample"))
    print(
        f"\nOne model: on {flights:,} flights no two levels differ by more than {same:g} minutes."
    )
    print(f"\nThe year, day by day, from {days.FIRST} to {until}:")
    hands.go()
    landed = world.landed()
    progress = Progress(levels, until, "waiting")
    for message in hands.messages(until="done"):
        progress.update(message)
        if message["kind"] in (*REPORTED, "looked"):
            events.append(message)
        if message["kind"] == "done":
            timings.append(
                {
                    "what": f"Level {message['level']}: replay",
                    "seconds": round(message["seconds"], 1),
                }
            )
    progress.draw(last=True)
    return landed, sorted(timings, key=lambda row: row["what"]), events, same


def judge(
    levels: list[int], until: date, assumed: dict, landed: pd.DataFrame, events: list[dict]
) -> dict:
    """The report's numbers, from the predictions and the landings."""
    certified = measures.certified(read(levels[0], "sample"), landed)
    bench = measures.Judge(landed, certified * assumed["threshold"])
    years = {level: read(level, "year") for level in levels}
    medians = measures.baselines(landed, until)
    series: list[tuple[int | str, pd.DataFrame]] = [*years.items(), *medians.items()]
    errors = {key: bench.errors(predictions) for key, predictions in series}
    own = {level: [event for event in events if event["level"] == level] for level in levels}
    rows = [
        measures.level_row(
            level, years[level], bench, own[level], assumed[f"level{level}"]["by_hand"]
        )
        for level in levels
    ]
    return {
        "levels": rows,
        "baselines": {name: measures.summary(errors[name]) for name in medians},
        "weekly": [row for key, error in errors.items() for row in measures.weekly(key, error)],
        "certified_mae": certified,
        "threshold_mae": bench.threshold,
        "events": [
            {
                "date": event["day"],
                "level": event["level"],
                "kind": event["kind"],
                "text": event["text"],
            }
            for event in sorted(events, key=lambda event: (event["day"], event["level"]))
            if event["kind"] in REPORTED
        ],
    }


def read(level: int, name: str) -> pd.DataFrame:
    return pd.read_parquet(RUNS / "replay" / f"level{level}_{name}.parquet")


def listed(levels: list[int]) -> str:
    return ", ".join(LEVELS[level].name for level in levels)
