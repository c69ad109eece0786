"""The training pipeline as one command: ingest, validate, train, register.

    python -m flighttime.pipeline [--today 2013-03-01]

It is idempotent up to the new version: after a failure, run it again.
"""

import time
from collections.abc import Callable
from datetime import date
from typing import ParamSpec
from typing import TypeVar

from flighttime import ingest
from flighttime import train
from groundcrew import commands
from groundcrew import locks
from groundcrew import registry

P = ParamSpec("P")
Result = TypeVar("Result")


def run(today: date) -> str:
    """Run every step as of `today`; returns the registered version. A refusal ends it."""
    with locks.exclusive("pipeline"):
        delivery = step("ingest", ingest.deliver, today)
        step("validate", ingest.take_in, delivery)
        run_id = step("train", train.train, today)
        return step("register", registry.register, run_id)


def step(name: str, work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    started = time.perf_counter()
    result = work(*args, **kwargs)
    commands.notice(f"{name:<9} {time.perf_counter() - started:5.1f} s")
    return result


def main(*, today: commands.Today) -> None:
    with commands.group(f"Train as of {today}"):
        version = run(today)
    commands.output("data_version", ingest.TABLE.version())
    commands.output("version", version)


if __name__ == "__main__":
    commands.run(main)
