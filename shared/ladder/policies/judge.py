"""Judges every rule on every year with Level 4's own command: one process a year, as many at once as there are cores."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ladder.child import end
from ladder.child import ignored_interrupts
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import RUNS
from ladder.places import level_environment
from ladder.progress import Progress
from ladder.year.days import FIRST
from ladder.year.days import LAST

STATE = RUNS / "policies"
# The year is over the day after.
OVER = "2014-01-01"
# A model a day takes minutes: on the real year only.
LONG = "daily"


def years(count: int, rules: list[str] | None) -> dict:
    """The numbers of each rule in the real year, and in each of so many others, the same every time."""
    level("-m", "flighttime.ingest")
    rules = rules or level("-c", "from flighttime import contenders; print(*contenders.RULES)").split()
    seeds = [None, *range(1, count + 1)]
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder) / f"{seed}.json" for seed in seeds]
        all_of(f"{len(seeds)} years, {len(rules)} rules", [command(*one, rules) for one in zip(seeds, places, strict=True)])
        real, *others = (json.loads(place.read_text(encoding="utf-8")) for place in places)
    return {"since": f"{FIRST}", "until": f"{LAST}", "real": real, "others": others}


def command(seed: int | None, place: Path, rules: list[str]) -> list[str]:
    drawn = [] if seed is None else ["--seed", f"{seed}"]
    chosen = [rule for rule in rules if seed is None or rule != LONG]
    return ["-m", "flighttime.hindsight", "--since", f"{FIRST}", *drawn, "--out", str(place), "--rules", *chosen]


def all_of(title: str, commands: list[list[str]]) -> None:
    """Run these in Level 4's folder, one on each core; whatever ends this ends them."""
    waiting, working = list(commands), []
    try:
        with Progress(title) as progress:
            while waiting or working:
                working += [start(waiting.pop(0)) for _ in range(min(len(waiting), (os.cpu_count() or 1) - len(working)))]
                working = [process for process in working if not ended(process)]
                progress.tick()
                time.sleep(0.1)
    finally:
        with ignored_interrupts():
            for process in working:
                end(process)


def start(arguments: list[str]) -> subprocess.Popen:
    # A file takes any number of last words without holding up who speaks them.
    words = tempfile.TemporaryFile()
    process = subprocess.Popen([sys.executable, *arguments], cwd=LEVELS[4], env=environment(), stdout=subprocess.DEVNULL, stderr=words)
    process.words = words
    return process


def ended(process: subprocess.Popen) -> bool:
    if process.poll():
        process.words.seek(0)
        raise LadderError(f"hindsight ended with {process.returncode}: {process.words.read().decode(errors='replace').strip()[-500:]}")
    return process.returncode == 0


def level(*arguments: str) -> str:
    """Run Python in Level 4's folder; returns what it prints, and raises LadderError with its last words if it fails."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=LEVELS[4], env=environment(), capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise LadderError(f"{' '.join(arguments[:2])} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return done.stdout


def environment() -> dict[str, str]:
    return {**level_environment(4), "FLIGHTTIME_RUNS": str(STATE), "FLIGHTTIME_TODAY": OVER, "OMP_NUM_THREADS": "1"}
