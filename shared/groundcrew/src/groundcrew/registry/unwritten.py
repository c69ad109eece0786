"""Notice in microseconds that nothing was written to a SQLite store since the last look at it.

An application looks twice a second at what it serves, a turn of a loop reads the lineage of each
version many times, and MLflow needs milliseconds for a look.
"""

import functools
import sqlite3
import threading
from collections.abc import Callable
from itertools import count
from typing import NamedTuple
from typing import TypeVar

from groundcrew.registry import creation
from groundcrew.registry import replaced
from groundcrew.registry.address import address
from groundcrew.registry.store import client

MOST_KEPT = 128
Found = TypeVar("Found")


class Mark(NamedTuple):
    """Two that are equal mean that nothing was written between them, by any process."""

    connection: int
    data_version: int


class _Opened(NamedTuple):
    """A connection of ours: its number, and the file that it has open."""

    number: int
    identity: replaced.Identity | None
    connection: sqlite3.Connection


_opened: dict[str, _Opened] = {}
_numbers = count()
_lock = threading.Lock()


def kept(look: Callable[..., Found]) -> Callable[..., Found]:
    """Let `look`, which reads the store, keep what it finds until something is written there.

    What it returns is shared by all who ask: do not change it. An error is not kept.
    """
    looks = functools.lru_cache(maxsize=MOST_KEPT)(lambda mark, *asked: look(*asked))

    @functools.wraps(look)
    def at_most_once(*asked: str) -> Found:
        client()  # which opens the store, or the file in its place
        found = mark(address())
        return looks(found, *asked) if found else look(*asked)

    return at_most_once


def mark(uri: str) -> Mark | None:
    """A mark of what a store holds now; None where that is not known, such as for a server.

    Take it before the look: what is written during the look gives another mark afterwards.
    """
    with _lock:
        try:
            if opened := _current(uri):
                # SQLite: it differs if another connection has changed the file in between.
                (version,) = opened.connection.execute("PRAGMA data_version").fetchone()
                return Mark(opened.number, version)
        except sqlite3.Error:  # MLflow says why, when it reads the store
            _close(uri)
        return None


def _current(uri: str) -> _Opened | None:
    """The connection to the file that is there now: numbers of another one mean nothing here."""
    identity, opened = replaced.identity(uri), _opened.get(uri)
    if opened and opened.identity == identity:
        return opened
    _close(uri)
    file = creation.file_of(uri)
    if not (file and identity):
        return None
    connection = sqlite3.connect(file, check_same_thread=False)
    _opened[uri] = _Opened(next(_numbers), identity, connection)
    return _opened[uri]


def _close(uri: str) -> None:
    if opened := _opened.pop(uri, None):
        opened.connection.close()
