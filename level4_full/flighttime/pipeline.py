"""The training pipeline as one command: ingest, validate, train, register.

python -m flighttime.pipeline [--today 2013-03-01]

After a failure run it again: no row is stored twice, and it trains again.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from flighttime import ingest
from flighttime import train
from groundcrew import commands
from groundcrew import locks
from groundcrew import registry


def run(today: date) -> str:
    """Run every step as of `today`; returns the registered version. A refusal ends it."""
    with locks.exclusive("pipeline"):
        with step("ingest"):
            delivery = ingest.fetch(today)
        with step("validate"):
            ingest.store(delivery)  # it validates first: nothing of a broken delivery is stored
        with step("train"):
            run_id = train.train(today)
        with step("register"):
            return registry.register(run_id)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Print how long the block took."""
    started = time.perf_counter()
    yield
    commands.notice(f"{name:<9} {time.perf_counter() - started:5.1f} s")


def main(*, today: commands.Today) -> None:
    with commands.group(f"Train as of {today}"):
        version = run(today)
    commands.output("data_version", ingest.TABLE.version())
    commands.output("version", version)


if __name__ == "__main__":
    commands.run(main)
