"""Let a cell start processes by the fork server that it comes from itself.

Python would start another fork server in each cell, which imports all libraries again: 5 seconds.
It has no public way for this; where its attributes have other names, that is what happens.
"""

from multiprocessing import get_all_start_methods

NAMES = ("_forkserver_address", "_forkserver_authkey")  # Python 3.14 has the second one too
Address = dict[str, object]


def address() -> Address:
    """What a process needs in order to reach this process's fork server; empty: there is none."""
    if "forkserver" not in get_all_start_methods():
        return {}
    from multiprocessing import forkserver

    server = vars(forkserver)["_forkserver"]
    server.ensure_running()
    return {name: getattr(server, name) for name in NAMES if hasattr(server, name)}


def reach(found: Address) -> None:
    """Make the fork server at this address the one of this process."""
    if not found.get(NAMES[0]):
        return
    from multiprocessing import forkserver

    server = vars(forkserver)["_forkserver"]
    for name, value in found.items():
        setattr(server, name, value)
    # It runs as long as a process that it has forked, and only the first one may wait for it.
    server.ensure_running = lambda: None
