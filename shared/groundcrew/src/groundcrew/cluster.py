"""Work on a Dask cluster whose workers run the same code, settings and packages."""

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
from typing import Any
from typing import TypeVar

from groundcrew import addresses
from groundcrew import application
from groundcrew import provenance
from groundcrew import settings
from groundcrew.errors import UserError

if TYPE_CHECKING:
    from distributed import Client

THIS_MACHINE = "this machine"
TIMEOUT_SECONDS = 10
Piece = TypeVar("Piece")
Result = TypeVar("Result")


def on_cluster(
    address: str,
    work: Callable[[Piece], Result],
    pieces: Iterable[Piece],
) -> Iterator[Result]:
    # Import late: Dask takes seconds to load, and most work runs on this machine.
    from distributed import KilledWorker

    try:
        with connect(address) as client:
            # Send the work to every worker first, so that it survives the loss of a worker.
            task = partial(in_environment, environment(), work)
            remote_task = client.scatter(task, broadcast=True, hash=False)
            max_pending = 2 * sum(client.nthreads().values())
            pending: deque[Any] = deque()
            for piece in pieces:
                pending.append(client.submit(operator.call, remote_task, piece, pure=False))
                if len(pending) == max_pending:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
    except KilledWorker:
        reason = (
            f"a piece of the work ended every worker of {addresses.shown(address)} that tried it"
        )
        raise UserError(f"{reason}: give the workers more memory") from None
    except CancelledError:
        reason = f"the scheduler at {addresses.shown(address)} stopped during the work"
        raise UserError(f"{reason}: start it, and run this command again") from None


def connect(address: str) -> "Client":
    """Connect to a cluster; raises UserError if it does not answer or its code differs."""
    # Import late, as above.
    from distributed import Client

    # A UserError reports what goes wrong, in one line.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    shown = addresses.shown(address)
    try:
        client = Client(address, timeout=TIMEOUT_SECONDS)
    except (OSError, ValueError) as problem:
        reason = f"no scheduler answers at {shown} ({addresses.shown_in(problem)})"
        raise UserError(f"{reason}: start it, or set compute.where to {THIS_MACHINE!r}") from None
    workers = client.run(code, on_error="return")
    if set(workers.values()) != {code()}:
        client.close()
        reason = f"{shown} has the workers {workers}, and needs workers with {code()}"
        raise UserError(f"{reason}: start them in a copy of {settings.root()}")
    return client


def code() -> str:
    """What decides the result of work: the code, the settings and the packages."""
    made_with = provenance.environment()
    versions = f"Python {made_with['python']}, {made_with['numerics']}"
    library = f"groundcrew {made_with['groundcrew']}"
    return f"code {application.content_version()}, {library}, {versions}"


def environment() -> dict[str, str]:
    return {"FLIGHTTIME_FEED": settings.feed(), "FLIGHTTIME_TODAY": f"{settings.today()}"}


def in_environment(
    environment: dict[str, str],
    work: Callable[[Piece], Result],
    piece: Piece,
) -> Result:
    """Run on a worker with the feed and the day of the process that sent the work."""
    os.environ.update(environment)
    return work(piece)
