"""Notice in microseconds that nothing was written to a SQLite store since the last look at it.

An application looks twice a second at what it serves, and MLflow needs milliseconds for a look.
"""

import sqlite3
import threading
from itertools import count
from typing import NamedTuple

from groundcrew.registry import creation
from groundcrew.registry import replaced


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
