"""Level 4's monitoring on ten million answers: the cost of a week, and of the whole history."""

import argparse
import json
import tempfile
from pathlib import Path

from ladder.bench.level_code import environment
from ladder.bench.level_code import run
from ladder.bench.pipeline import PEAK
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import RUNS

HELP = (
    "measure monitoring on millions of answers: seconds and memory, as history and window grow, "
    "beside a naive peer"
)
TODAY = "2013-12-30"
UNTIL = "2013-12-29"
SINCE = {"year": "2013-01-01", "week": "2013-12-23"}
WEEKS = 52
MIN_ANSWERS = 1000
# Write the answers into the store without the application, equally many for each flight. Version 1
# is trained on a week, so that certified errors and drift are looked up as in production.
FILL = """
import sqlite3, sys
from datetime import date
from flighttime import ingest, outcomes, predictions, train
from flighttime.features import FEATURES
from groundcrew import registry, settings
from groundcrew.predictions import address, database
from groundcrew.predictions.prediction_log import logged_columns
answers, since, until = int(sys.argv[1]), *sys.argv[2:4]
ingest.update(settings.today())
registry.register(train.train(date(2013, 1, 15)))
database.probe()
names = ["flight_id", *FEATURES]
flights = ingest.TABLE.read()[names].sort_values("flight_id")
flights = flights[flights["flight_id"].between(since, until + " ~")]
each = -(-answers // len(flights))
record = sqlite3.connect(address.file_of(address.address()), isolation_level=None)
record.execute("PRAGMA synchronous = OFF")
record.execute("PRAGMA cache_size = -200000")
record.execute(f"CREATE TEMP TABLE flights ({', '.join(names)})")
record.execute("CREATE TEMP TABLE times (time INTEGER)")
record.execute("BEGIN")
insert = f"INSERT INTO flights VALUES ({', '.join('?' * len(names))})"
record.executemany(insert, flights.itertuples(index=False, name=None))
record.executemany("INSERT INTO times VALUES (?)", [(time,) for time in range(each)])
record.execute("CREATE INDEX temp.by_name ON flights (flight_id)")
record.execute("DROP INDEX given_by_flight")
for day in sorted(set(flights["flight_id"].str[:10])):
    record.execute(f'''
        INSERT INTO predictions ({', '.join(logged_columns())}, answered_at)
        SELECT '1-' || lower(hex(randomblob(16))), {', '.join(names)},
        distance / 8 + 20 + time % 30, '1', 'champion', (random() & 1023) / 1024.0,
        '2026-01-01T00:00:00.000+00:00'
        FROM times CROSS JOIN flights WHERE flight_id >= ? AND flight_id < ?
    ''', (day, day + " ~"))
record.execute("COMMIT")
record.execute("CREATE INDEX given_by_flight ON predictions (flight_id) WHERE role <> 'shadow'")
outcomes.update(date.fromisoformat(until))
"""
MONITOR = f"""
import json, sys, time
from flighttime import monitor, outcomes
from groundcrew import registry, settings
{PEAK}
registry.client()  # loading MLflow takes seconds, and is no part of a measurement
started = time.perf_counter()
outcomes.update(settings.today())
weeks = monitor.weeks(settings.today(), int(sys.argv[1]))
landings = sum(week.labels for week in weeks)
print(json.dumps([time.perf_counter() - started, peak(), landings, weeks[-1].mae]))
"""
# The first idea: read the whole table, and join it with the landings.
NAIVE = f"""
import json, sys, time
import pandas as pd
import sqlite3
from datetime import timedelta
from flighttime import predictions
from groundcrew import settings
from groundcrew.predictions import address
{PEAK}
record = sqlite3.connect(address.file_of(address.address()))
started = time.perf_counter()
answers = pd.read_sql_query("SELECT * FROM predictions", record)
landings = pd.read_sql_query("SELECT * FROM landings", record)
answers = answers[answers["role"] != "shadow"].drop_duplicates("flight_id", keep="last")
days = answers["flight_id"].str[:10]
monday = settings.today() - timedelta(days=settings.today().weekday())
seen = answers[(days >= str(monday - int(sys.argv[1]) * timedelta(days=7))) & (days < str(monday))]
met = seen.merge(landings, on="flight_id").dropna(subset=["air_time"])
last = met[met["flight_id"] >= str(monday - timedelta(days=7))]
mae = (last["minutes"] - last["air_time"]).abs().mean()
print(json.dumps([time.perf_counter() - started, peak(), len(met), mae]))
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--answers",
        type=int,
        default=10_000_000,
        help="how many answers are on record (default: 10,000,000)",
    )
    help = (
        "measure the peer on all of them, too: "
        "that takes minutes, and a gigabyte for a million answers"
    )
    parser.add_argument("--naive", action="store_true", help=help)


def main(arguments: argparse.Namespace) -> int:
    many, few = arguments.answers, arguments.answers // 10
    if few < MIN_ANSWERS:
        raise LadderError(
            f"--answers {many:,} are too few for a history that grows: "
            f"take {10 * MIN_ANSWERS:,} or more"
        )
    print(
        f"{'':<34}{'measured':>12}{'landings':>10}{'seconds':>10}{'memory':>12}"
        f"{'the naive way':>26}{'ratio':>8}"
    )
    measure(few, "year", [1], naive=True)
    measure(many, "year", [1, WEEKS], naive=arguments.naive)
    measure(many, "week", [1], naive=arguments.naive)
    return 0


def measure(answers: int, spread: str, windows: list[int], *, naive: bool) -> None:
    """Fill a store with answers for flights of the year or of its last week, and monitor it."""
    RUNS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=RUNS, prefix="monitoring-", ignore_cleanup_errors=True
    ) as scratch:
        state = Path(scratch)
        perform(FILL, state, f"{answers}", SINCE[spread], UNTIL)
        for weeks in windows:
            found = perform(MONITOR, state, f"{weeks}")
            show(
                f"{answers:,} answers of a {spread}",
                weeks,
                found,
                perform(NAIVE, state, f"{weeks}") if naive else None,
            )


def show(name: str, weeks: int, found: list[float], naive: list[float] | None) -> None:
    seconds, megabytes, labels, mae = found
    window = f"{weeks} week{'s' * (weeks > 1)}"
    line = f"{name:<34}{window:>12}{labels:>10,}{seconds:>8.1f} s{megabytes:>9,.0f} MB"
    if naive:
        if naive[2] != labels or abs(naive[3] - mae) > 1e-6:
            raise LadderError(
                f"the naive way finds {naive[2:]}, and monitoring {found[2:]}: one of them is wrong"
            )
        line += f"{naive[0]:>12.1f} s{naive[1]:>9,.0f} MB{naive[0] / seconds:>8.1f}"
    print(line, flush=True)


def perform(code: str, state: Path, *arguments: str) -> list[float]:
    variables = environment(state, today=TODAY)
    output = run(["-c", code, *arguments], folder=LEVELS[4], environment=variables)
    last = output.strip().rpartition("\n")[2]
    return json.loads(last) if last.startswith("[") else []
