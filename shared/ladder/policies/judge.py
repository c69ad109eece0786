"""Judge every rule on every year with the offline study: one process a year, one year a core."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from ladder.child import end
from ladder.child import ignored_interrupts
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import RUNS
from ladder.places import replay_environment
from ladder.progress import Progress
from ladder.year.days import FIRST
from ladder.year.days import LAST

STATE = RUNS / "policies"
DAY_AFTER = "2014-01-01"  # by then every landing of the year is published
SLOW_RULE = "daily-certified"  # a model a day takes minutes: on the real year only
LIST_RULES = "from ladder.study import contenders; print(*contenders.RULES)"
Running = tuple[subprocess.Popen, IO[bytes]]


def years(count: int, rules: list[str] | None) -> dict:
    """The numbers of each rule in the real year, and in `count` resampled years (seeds 1, 2...)."""
    level("-m", "flighttime.ingest")
    rules = rules or level("-c", LIST_RULES).split()
    seeds = [None, *(range(1, count + 1) if rules != [SLOW_RULE] else [])]
    with tempfile.TemporaryDirectory() as folder:
        results = {Path(folder) / f"{seed}.json": seed for seed in seeds}
        commands = [command(seed, path, rules) for path, seed in results.items()]
        run_all(f"{len(seeds)} years, {len(rules)} rules", commands)
        real, *others = (json.loads(path.read_text(encoding="utf-8")) for path in results)
    return {"since": f"{FIRST}", "until": f"{LAST}", "real": real, "others": others}


def command(seed: int | None, result: Path, rules: list[str]) -> list[str]:
    """The arguments to Python that judge the rules on one year and write the numbers to a file."""
    year = [] if seed is None else ["--seed", f"{seed}"]
    chosen = [rule for rule in rules if seed is None or rule != SLOW_RULE]
    options = ["--since", f"{FIRST}", *year, "--out", str(result)]
    return ["-m", "ladder.study.hindsight", *options, *chosen]


def run_all(title: str, commands: list[list[str]]) -> None:
    """Run these in Level 4's folder, one a core; stop all of them on any error."""
    waiting = list(commands)
    running: list[Running] = []
    try:
        with Progress(title) as progress:
            while waiting or running:
                free = (os.cpu_count() or 1) - len(running)
                running += [start(waiting.pop(0)) for _ in range(min(len(waiting), free))]
                running = [one for one in running if not has_ended(*one)]
                progress.tick()
                time.sleep(0.1)
    finally:
        with ignored_interrupts():
            for process, _ in running:
                end(process)


def start(arguments: list[str]) -> Running:
    """Start Python in Level 4's folder; returns the process and the file of its error output."""
    # A pipe without a reader would block a process that writes much; a file does not.
    errors = tempfile.TemporaryFile()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=LEVELS[4],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=errors,
    )
    return process, errors


def has_ended(process: subprocess.Popen, errors: IO[bytes]) -> bool:
    """Whether the process has ended; raises LadderError with the end of its output if it failed."""
    if process.poll():
        errors.seek(0)
        output = errors.read().decode(errors="replace").strip()[-500:]
        raise LadderError(f"the study ended with {process.returncode}: {output}")
    return process.returncode == 0


def level(*arguments: str) -> str:
    """Run Python in Level 4's folder; returns its output, raises LadderError if it fails."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=LEVELS[4],
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        output = done.stderr.strip()[-500:]
        raise LadderError(f"{' '.join(arguments[:2])} ended with {done.returncode}: {output}")
    return done.stdout


def environment() -> dict[str, str]:
    """Level 4's environment after the year is over, with the study's own state."""
    return {
        **replay_environment(4),
        "FLIGHTTIME_RUNS": str(STATE),
        "FLIGHTTIME_TODAY": DAY_AFTER,
        "OMP_NUM_THREADS": "1",
    }
