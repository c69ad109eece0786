"""Training as one command: ingest, validate, train, evaluate, register.

    python -m flighttime.pipeline [--today 2013-03-01] [--until STEP] [--from-step STEP]

After a failure the same command goes on where it stopped.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import date

from flighttime import content
from flighttime import files
from flighttime import ingest
from flighttime import journal
from flighttime import model
from flighttime import record
from flighttime import settings
from flighttime import steps
from flighttime import tracking
from flighttime import train
from flighttime.errors import Refused
from flighttime.work import Work


def ingest_published(work: Work) -> str:
    after = f" after {work.delivery.after}" if work.delivery.after else ""
    return f"{len(work.delivery.flights):,} flights published{after}"


def validate_new(work: Work) -> str:
    taken = ingest.take_in(work.delivery)
    work.flights_added = taken.added
    work.data_version = ingest.version()
    return f"{taken.added:,} flights added, {taken.corrected:,} corrected, data version {work.data_version}"


def train_model(work: Work) -> str:
    if work.data_version is None:
        work.data_version = ingest.version()
    work.trained = train.fit(work.table, work.today)
    files.write_whole(journal.products() / "model.skops", lambda path: model.save(work.trained.pipeline, path))
    return f"{len(work.trained.rows):,} flights learned from"


def evaluate_model(work: Work) -> str:
    work.metrics = {**train.evaluate(work.trained, work.errors), "data_digest": ingest.digest(work.table)}
    return f"mean error {work.metrics['mae']:.2f} minutes (route median: {work.metrics['route_median_mae']:.2f})"


def register_model(work: Work) -> str:
    work.version = tracking.register(record.write(work.trained, work.metrics, work.errors, work.data_version, work.today))
    return f"version {work.version} of the model"


STEPS: dict[str, Callable[[Work], str]] = {
    "ingest": ingest_published,
    "validate": validate_new,
    "train": train_model,
    "evaluate": evaluate_model,
    "register": register_model,
}
NAMES = list(STEPS)
# The earlier ones find what they need on the disk.
NEEDS = {"evaluate": "train", "register": "evaluate"}


def run(today: date, tell: Callable[[str], None] = steps.notice) -> str:
    """Run every step as of `today`; returns the registered version. A refusal stops the pipeline there."""
    return perform(today, tell).version


def perform(
    today: date,
    tell: Callable[[str], None] = steps.notice,
    *,
    from_step: str | None = None,
    until: str = NAMES[-1],
) -> Work:
    """Run what is not done yet, or all from a step on; what is done is kept until the last step is."""
    first, last = NAMES.index(from_step or NAMES[0]), NAMES.index(until)
    if first > last:
        raise Refused(f"--until {until} comes before --from-step {from_step}: the order is {', '.join(NAMES)}")
    with journal.alone():
        work = begin(today, tell, from_step)
        for name in NAMES[first : last + 1]:
            tell(work.done[name] if name in work.done else timed(name, work))
        if until == NAMES[-1]:
            journal.clear()
    return work


def begin(today: date, tell: Callable[[str], None], from_step: str | None) -> Work:
    """What an earlier call with the same day, code and settings has finished; else a new start."""
    work = Work(f"{today}", content.version(settings.ROOT))
    kept = journal.read()
    if kept and (kept["day"], kept["code"]) == (work.day, work.code):
        work = Work(**kept)
    elif kept:
        tell(f"what was begun as of {kept['day']} is dropped: the day, the code or the settings are not the same")
        journal.clear()
    if from_step:
        work.done = {name: said for name, said in work.done.items() if NAMES.index(name) < NAMES.index(from_step)}
        if NEEDS.get(from_step, "ingest") not in {"ingest", *work.done}:
            raise Refused(f"--from-step {from_step} needs what {NEEDS[from_step]} made, and that is not kept: begin there")
    return work


def timed(name: str, work: Work) -> str:
    """Run a step and note that it is done; returns what came of it, with the time that it took."""
    title = f"{NAMES.index(name) + 1}/{len(NAMES)} {name:<9}"
    started = time.perf_counter()
    with steps.waiting(title):
        result = STEPS[name](work)
    work.done[name] = f"{title}   kept  {result}"
    # What was read is not kept before it is validated: once it is mended, it has to be read again.
    if name != "ingest":
        journal.write(asdict(work))
    return f"{title} {time.perf_counter() - started:5.1f} s  {result}"


def main(arguments: argparse.Namespace) -> None:
    with steps.group(f"Train as of {arguments.today}"):
        work = perform(arguments.today, from_step=arguments.from_step, until=arguments.until)
        for name in ("flights_added", "data_version", "version"):
            if (value := getattr(work, name)) is not None:
                steps.output(name, value)


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--from-step", choices=NAMES, help="do this step again, and all that follow")
    parser.add_argument("--until", choices=NAMES, default=NAMES[-1], help="the last step to do; the same command goes on later")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
