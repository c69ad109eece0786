"""Run work on this machine or on the Dask cluster that `flighttime.toml` names, with equal results.

Start a cluster's processes in a copy of the project's folder, with the same packages and feed:

    python -m dask scheduler
    python -m dask worker tcp://10.0.0.5:8786
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from functools import partial
from typing import TypeVar

from groundcrew import cluster
from groundcrew import settings
from groundcrew.cluster import THIS_MACHINE

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def each(work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
    """Map `work` over `pieces` lazily and in order, on this machine or on a cluster.

    The setting `where` in [compute] names the cluster. Raises UserError if it does not answer, runs
    other code, or fails.
    """
    address = settings.all_sections().get("compute", {}).get("where", THIS_MACHINE)
    if address == THIS_MACHINE:
        return map(work, pieces)
    return cluster.on_cluster(address, work, pieces)


def run(work: Callable[..., Result], *arguments: object) -> Result:
    """Call `work` with the arguments, where `each` would; raises UserError as it does."""
    (result,) = each(partial(call, work, arguments), [None])
    return result


def call(work: Callable[..., Result], arguments: tuple, piece: None) -> Result:
    return work(*arguments)
