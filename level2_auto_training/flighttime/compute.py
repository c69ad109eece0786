"""Where work runs: on this machine, or on the Dask cluster that `flighttime.toml` names; the results are the same.

A cluster's processes are started in a copy of this folder, with the same packages, and reach the same feed:

    python -m dask scheduler
    python -m dask worker tcp://10.0.0.5:8786
"""

import logging
import operator
import os
from collections import deque
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from concurrent.futures import CancelledError
from functools import partial
from typing import TYPE_CHECKING
from typing import TypeVar

from flighttime import checkout
from flighttime import content
from flighttime import settings
from flighttime.errors import Refused

if TYPE_CHECKING:
    from distributed import Client

HERE = "this machine"
SECONDS_TO_ANSWER = 10
Piece = TypeVar("Piece")
Result = TypeVar("Result")


def each(work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
    """Like `map`: the results in the order of the pieces, only a few of them in memory at once."""
    address = settings.tuned("compute")["where"]
    return map(work, pieces) if address == HERE else on_cluster(address, work, pieces)


def on_cluster(address: str, work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
    # Loaded here, so that nothing is paid for it where work runs on this machine.
    from distributed import KilledWorker

    try:
        with connected(address) as client:
            # Every worker has it from the start, so that it is not lost with one of them.
            everywhere = client.scatter(partial(as_here, surroundings(), work), broadcast=True, hash=False)
            threads, waiting = sum(client.nthreads().values()), deque()
            for piece in pieces:
                waiting.append(client.submit(operator.call, everywhere, piece, pure=False))
                if len(waiting) == 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
    except KilledWorker:
        raise Refused(f"a piece of the work ended every worker of {address} that tried it: give them more memory") from None
    except CancelledError:
        raise Refused(f"the scheduler at {address} has gone in mid-work: start it, and this again") from None


def connected(address: str) -> "Client":
    """A cluster that does here what is done here; raises Refused if it does not answer, or would do something else."""
    from distributed import Client

    # What goes wrong is told in one line, by whoever refuses.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=SECONDS_TO_ANSWER)
    except (OSError, ValueError) as problem:
        raise Refused(f"no scheduler answers at {address} ({problem}): start it, or set compute.where to {HERE!r}") from None
    found = client.run(standing, on_error="return")
    if set(found.values()) != {standing()}:
        client.close()
        raise Refused(f"{address} has the workers {found}, and needs some with {standing()}: flighttime/compute.py says how")
    return client


def standing() -> str:
    """What decides what work does: code, settings and packages."""
    environment = checkout.environment()
    return f"code {content.version(settings.ROOT)}, Python {environment['python']}, {environment['numerics']}"


def surroundings() -> dict[str, str]:
    return {"FLIGHTTIME_FEED": settings.feed(), "FLIGHTTIME_TODAY": f"{settings.today()}"}


def as_here(surroundings: dict[str, str], work: Callable[[Piece], Result], piece: Piece) -> Result:
    """On a worker: with the same feed, and on the same day, as there where the work comes from."""
    os.environ.update(surroundings)
    return work(piece)
