"""Notice that the file of a SQLite store was replaced, such as by a restored copy.

A connection that stays open goes on reading the file of before, which has no name any more.
"""

from pathlib import Path

from groundcrew.errors import UserError
from groundcrew.registry import creation

Identity = tuple[int, int]

_opened: dict[str, Identity | None] = {}


def note(uri: str) -> None:
    """Remember which file this process has opened for a store."""
    _opened[uri] = identity(uri)


def is_replaced(uri: str) -> bool:
    """Return whether another file is in place of the opened one; raises UserError if none is.

    No store is made in its place, since a person may be about to restore it.
    """
    before, now = _opened.get(uri), identity(uri)
    if before and not now:
        raise UserError(
            f"{creation.file_of(uri)} was removed while it was in use: "
            "restore it from a backup, or start again",
        )
    return before is not None and before != now


def close(uri: str, artifacts: Path) -> None:
    """Close this process's connections to a store; the next ones open the file that is there."""
    from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore as Models
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore as Runs

    for store in (Runs(uri, artifacts.as_uri()), Models(uri)):
        store.engine.dispose()


def identity(uri: str) -> Identity | None:
    """What identifies the file of a store; None for a server, or if there is no file."""
    file = creation.file_of(uri)
    try:
        found = file.stat() if file else None
    except FileNotFoundError:
        return None
    return (found.st_dev, found.st_ino) if found else None
