"""Where work is done: on this machine, or on a Dask cluster that somebody looks after, with the same results.

`flighttime.toml` says where, and FLIGHTTIME_COMPUTE in the environment wins. A cluster's workers are
started with the same packages and in the same code as here; python -m flighttime.cluster starts a small one.
"""

import logging
import operator
import os
import pickle
import re
import threading
import warnings
from collections import deque
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from concurrent.futures import CancelledError
from functools import partial
from typing import TYPE_CHECKING
from typing import TypeVar

from flighttime import cluster
from flighttime import settings
from flighttime.errors import Refused

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future

HERE = "this machine"
ADDRESS = re.compile(r"(tcp|tls)://\S+:\d+")
SECONDS_WITHOUT_WORKERS = 60
ONE_AT_A_TIME = threading.Lock()
Piece = TypeVar("Piece")
Result = TypeVar("Result")


def each(work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
    """Like `map`: results in the order of the pieces, only a few of them in memory at once."""
    address = where()
    return map(work, pieces) if address == HERE else on_cluster(address, work, pieces)


def where() -> str:
    """This machine, or a scheduler's address; raises Refused for anything else."""
    told = os.environ.get("FLIGHTTIME_COMPUTE") or settings.tuned("compute")["where"]
    if told != HERE and not ADDRESS.fullmatch(told):
        raise Refused(f"work cannot run on {told!r}: say {HERE!r}, or a scheduler's address such as tcp://10.0.0.5:8786")
    return told


def on_cluster(address: str, work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
    # Loaded here, so that nothing is paid for it where work runs on this machine.
    from distributed import Client
    from distributed import wait
    from distributed.protocol.pickle import dumps
    from distributed.protocol.pickle import loads

    silence()
    cluster.require_scheduler(address)
    with Client(address) as client:
        cluster.require_workers(client)
        # All is sealed, so that the scheduler needs nothing of ours: only workers open it. The work is sent once
        # and not with each piece; as the result of a task it is made again if the worker that has it dies.
        sealed = client.submit(loads, dumps(partial(as_here, world(), work)), pure=False)
        wait(sealed)
        client.replicate(sealed)
        most = 2 * sum(client.nthreads().values())
        waiting: deque["Future"] = deque()
        for piece in pieces:
            waiting.append(client.submit(operator.call, sealed, dumps(piece), pure=False))
            if len(waiting) == most:
                yield result(waiting.popleft(), client)
        while waiting:
            yield result(waiting.popleft(), client)


def silence() -> None:
    """What goes wrong is told in one line, by whoever refuses."""
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    for expected in ("Mismatched versions", "Sending large graph"):
        warnings.filterwarnings("ignore", expected)


def world() -> dict[str, str]:
    """What work may ask for by itself."""
    return {"FLIGHTTIME_FEED": settings.feed(), "FLIGHTTIME_TODAY": f"{settings.today()}", "FLIGHTTIME_COMPUTE": HERE}


def as_here(world: dict[str, str], work: Callable[[Piece], Result], piece: bytes) -> Result:
    """On a worker: with the same feed and on the same day as there where the work comes from."""
    # The environment belongs to the whole process, and another's work may ask for another day.
    with ONE_AT_A_TIME:
        os.environ.update(world)
        return work(pickle.loads(piece))


def result(future: "Future", client: "Client") -> Result:
    """The result of a piece; raises Refused where there is nobody left to make it."""
    from distributed.scheduler import KilledWorker

    address = client.scheduler.address
    while True:
        try:
            return future.result(timeout=SECONDS_WITHOUT_WORKERS)
        except KilledWorker:
            raise Refused(f"a piece of the work ended every worker of {address} that tried it: give them more memory") from None
        except (OSError, CancelledError) as problem:
            if future.status == "error":  # the work itself raised it
                raise
            if not isinstance(problem, TimeoutError):
                raise Refused(f"the scheduler at {address} has gone in mid-work: start it, and this again") from None
            if not client.nthreads():
                raise Refused(f"the scheduler at {address} has lost all its workers: start some, and this again") from None
