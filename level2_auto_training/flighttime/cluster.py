"""A cluster of workers: what it must be like for work to do there what it does here, and a small one to try.

    python -m flighttime.cluster [--workers 2]
"""

import argparse
import asyncio
import logging
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

from flighttime import deploy
from flighttime import settings
from flighttime import steps
from flighttime.errors import Refused

if TYPE_CHECKING:
    from distributed import Client

SECONDS_TO_ANSWER = 5
# Results are the same where these are the same.
DECISIVE = ["python", "numpy", "pandas", "pyarrow", "scikit-learn", "deltalake", "distributed", "cloudpickle"]
REMEDY = "start it anew with the same packages, in a copy of this folder"


def require_scheduler(address: str) -> None:
    """Refuse an address where no scheduler answers; the client would wait for ever at some of them."""
    try:
        # A notebook's thread runs a loop already, so this one gets a thread of its own.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, asyncio.wait_for(ask(address), SECONDS_TO_ANSWER)).result()
    except (OSError, ValueError) as problem:
        why = str(problem) or f"nothing was said for {SECONDS_TO_ANSWER} s"
        raise Refused(f"no scheduler answers at {address} ({why}): start it, or say 'this machine' in its place") from None


async def ask(address: str) -> None:
    from distributed import Security
    from distributed import rpc

    async with rpc(address, connection_args=Security().get_connection_args("client")) as scheduler:
        await scheduler.identity()


def require_workers(client: "Client") -> None:
    """Refuse a cluster without workers, or where work would not do what it does here."""
    versions = client.get_versions(packages=DECISIVE)
    here = versions["client"]["packages"]
    if not versions["workers"]:
        raise Refused(f"the scheduler at {client.scheduler.address} has no workers: start some with its address")
    for worker, there in versions["workers"].items():
        for name in DECISIVE:
            if there["packages"][name] != here[name]:
                raise Refused(f"{worker} has {name} {there['packages'][name]}, not {here[name]} as here: {REMEDY}")
    for worker, answer in client.run(code, on_error="return").items():
        if answer != code():
            raise Refused(f"{worker} has {described(answer)}, not {code()} as here: {REMEDY}")


def described(answer: str | Exception) -> str:
    return f"no flighttime ({answer})" if isinstance(answer, Exception) else f"flighttime {answer}"


@cache
def code() -> str:
    """The version of what is loaded: remembered, since files may change under a process that runs."""
    return deploy.content_version(settings.ROOT)


def serve(workers: int) -> None:
    """Keep a scheduler and its workers, each a process, until told to stop; only this machine reaches them."""
    from distributed import LocalCluster

    # Ctrl-C goes to the workers as well, who are to end when they are told to.
    interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)
    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
        silence_logs=logging.CRITICAL,
    ) as cluster:
        signal.signal(signal.SIGINT, interrupted)
        steps.output("address", cluster.scheduler_address)
        print("Set FLIGHTTIME_COMPUTE to it where work is started. Ctrl-C stops the cluster.", flush=True)
        while True:
            time.sleep(1)


def main(arguments: argparse.Namespace) -> None:
    if arguments.workers < 1:
        raise Refused(f"{arguments.workers} workers do no work: ask for one or more")
    serve(arguments.workers)


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--workers", type=int, default=2, help="how many processes work (default: 2)")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
