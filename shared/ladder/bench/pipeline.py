"""The cost of Level 2's pipeline over a bare scikit-learn fit on the same rows."""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from ladder.bench import years
from ladder.bench.level_code import environment
from ladder.bench.level_code import run
from ladder.errors import LadderError
from ladder.places import FEED
from ladder.places import LEVELS

HELP = (
    "measure the pipeline's overhead over the bare fit, its start-up, "
    "and what a retraining adds on the disk"
)
FIRST = date(2013, 1, 1)
PARTS = ["flighttime", "flighttime.toml", "requirements.txt"]
SIZES = ["2 months", "1 year", "3 years", "10 years"]
# A process's largest memory, in megabytes.
PEAK = """
def peak():
    try:
        import resource
        unit = 1e6 if sys.platform == "darwin" else 1e3
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    except ImportError:
        import psutil
        return psutil.Process().memory_info().peak_wset / 1e6
"""
PIPELINE = f"""
import json, sys, time
from flighttime import ingest, pipeline, train
from flighttime.features import FEATURES, TARGET
from groundcrew import registry, settings
{PEAK}
registry.client()  # creating its tables takes seconds, once for a state
today, started = settings.today(), time.perf_counter()
pipeline.run(today)
print(json.dumps([time.perf_counter() - started, peak()]))
rows, _ = train.split(ingest.TABLE.read(since=train.first_day(today)), today)
rows[[*FEATURES, TARGET]].to_parquet(sys.argv[1])
"""
BARE = f"""
import json, sys, time
import pandas as pd
from flighttime import model
from flighttime.features import FEATURES, TARGET
{PEAK}
rows = pd.read_parquet(sys.argv[1])
started = time.perf_counter()
model.build().fit(rows[FEATURES], rows[TARGET])
print(json.dumps([time.perf_counter() - started, peak(), len(rows)]))
"""


class Measured(NamedTuple):
    """Seconds and megabytes of the pipeline and of the bare fit, on the same rows."""

    rows: int
    seconds: float
    bare_seconds: float
    megabytes: float
    bare_megabytes: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sizes", nargs="+", default=SIZES, metavar="SIZE", help=f"default: {', '.join(SIZES)}"
    )


def main(arguments: argparse.Namespace) -> int:
    days = [days_of(size) for size in arguments.sizes]
    print(
        "Level 2's pipeline, ingest to register, beside the bare fit of the same rows, "
        "each in a process of its own."
    )
    print(
        f"{'':<10}{'rows':>12}{'pipeline':>12}{'bare fit':>12}{'ratio':>8}"
        f"{'memory':>12}{'bare fit':>12}{'ratio':>8}"
    )
    for size, number in zip(arguments.sizes, days, strict=True):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            found = measure(number, Path(scratch))
            slower, larger = (
                found.seconds / found.bare_seconds,
                found.megabytes / found.bare_megabytes,
            )
            times = f"{found.seconds:>10.1f} s{found.bare_seconds:>10.1f} s{slower:>8.2f}"
            sizes = f"{found.megabytes:>9,.0f} MB{found.bare_megabytes:>9,.0f} MB{larger:>8.2f}"
            print(f"{size:<10}{found.rows:>12,}{times}{sizes}", flush=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        seconds, added = again(min(days), Path(scratch))
    print(
        f"From the command to its first step: {seconds:.1f} s. "
        f"A retraining on the same data adds {added / 1e6:.2f} MB."
    )
    return 0


def days_of(size: str) -> int:
    """The days in `2 months` or `3 years`; the feed starts with a year's."""
    found = re.fullmatch(r"(\d+) (day|month|year)s?", size)
    if not found or not int(found[1]):
        raise LadderError(f"--sizes {size!r} is no time: write it like '2 months' or '3 years'")
    return int(found[1]) * {"day": 1, "month": 30, "year": years.DAYS}[found[2]]


def measure(days: int, scratch: Path) -> Measured:
    """Run the pipeline on the first days, then fit on its rows."""
    level, rows = prepare(days, scratch), f"{scratch / 'rows.parquet'}"
    own = variables(days, scratch)
    seconds, megabytes = perform(PIPELINE, rows, level, own)
    bare_seconds, bare_megabytes, number = perform(BARE, rows, level, own)
    return Measured(int(number), seconds, bare_seconds, megabytes, bare_megabytes)


def prepare(days: int, scratch: Path) -> Path:
    """A copy of the level that trains on these days except the last week, and their feed."""
    level = scratch / "level"
    level.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (LEVELS[2] / part).is_dir() else shutil.copy
        copy(LEVELS[2] / part, level / part)
    tuned = level / "flighttime.toml"
    text = re.sub(
        r"window_days = \d+", f"window_days = {days}", tuned.read_text(encoding="utf-8"), count=1
    )
    tuned.write_text(text, encoding="utf-8")
    if days > years.DAYS:
        (scratch / "feed").mkdir()
        years.write(-(-days // years.DAYS), scratch / "feed")
    return level


def variables(days: int, scratch: Path) -> dict[str, str]:
    own, today = scratch / "feed", FIRST + timedelta(days=days)
    feed = own if own.exists() else FEED
    return environment(scratch / "state", today=f"{today}", feed=feed)


def perform(code: str, rows: str, level: Path, environment: dict[str, str]) -> list[float]:
    output = run(["-c", code, rows], folder=level, environment=environment)
    return json.loads(output.splitlines()[-1])


def again(days: int, scratch: Path) -> tuple[float, int]:
    """Seconds from the command to its first step, and the bytes that a second run of it adds."""
    level, own = prepare(days, scratch), variables(days, scratch)
    command = [sys.executable, "-m", "flighttime.pipeline"]
    subprocess.run(command, cwd=level, env=own, stdout=subprocess.DEVNULL, check=True)
    before, started = size(scratch / "state"), time.perf_counter()
    with subprocess.Popen(command, cwd=level, env=own, stdout=subprocess.PIPE) as running:
        assert running.stdout
        running.stdout.readline()
        seconds = time.perf_counter() - started
        running.stdout.read()
    return seconds, size(scratch / "state") - before


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
