"""Judges every rule on every year with Level 4's own command: one process a year, as many at once as there are cores."""

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

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
Numbers = dict[str, dict[str, float | None]]


def years(count: int, rules: list[str] | None) -> dict:
    """The numbers of each rule in the real year, and in each of so many others, the same every time."""
    level("-m", "flighttime.ingest")
    rules = rules or level("-c", "from flighttime import contenders; print(*contenders.RULES)").split()
    seeds = [None, *range(1, count + 1)]
    with ThreadPoolExecutor(os.cpu_count()) as pool, Progress(f"{len(seeds)} years, {len(rules)} rules") as progress:
        judged = [pool.submit(year, seed, [rule for rule in rules if seed is None or rule != LONG]) for seed in seeds]
        while not all(one.done() for one in judged):
            progress.tick()
            time.sleep(0.2)
        real, *others = (one.result() for one in judged)
    return {"since": f"{FIRST}", "until": f"{LAST}", "real": real, "others": others}


def year(seed: int | None, rules: list[str]) -> Numbers:
    drawn = [] if seed is None else ["--seed", f"{seed}"]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "judged.json"
        level("-m", "flighttime.hindsight", "--since", f"{FIRST}", *drawn, "--out", str(place), "--rules", *rules)
        return json.loads(place.read_text(encoding="utf-8"))


def level(*arguments: str) -> str:
    """Run Python in Level 4's folder; returns what it prints, and raises LadderError with its last words if it fails."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=LEVELS[4], env=environment(), capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise LadderError(f"{' '.join(arguments[:2])} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return done.stdout


def environment() -> dict[str, str]:
    return {**level_environment(4), "FLIGHTTIME_RUNS": str(STATE), "FLIGHTTIME_TODAY": OVER, "OMP_NUM_THREADS": "1"}
