"""One loop at a time on all machines that share a store: the holder of the lease may act."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator

import sqlalchemy as sql

from groundcrew import locks
from groundcrew import settings
from groundcrew.errors import UserError
from groundcrew.predictions import database

LOOP = "loop"
SECONDS = 60.0
SECONDS_BETWEEN_RENEWALS = 15.0

CREATE = """
INSERT INTO lease (name, holder, until, doing) VALUES (:name, '', 0, '') ON CONFLICT DO NOTHING
"""
# A holder with the same machine and state folder is dead: otherwise it would hold the file lock.
ACQUIRE = """
UPDATE lease SET holder = :holder, until = :until, doing = :doing
WHERE name = :name AND (until < :now OR substr(holder, 1, :length) = :place)
"""
RENEW = "UPDATE lease SET until = :until WHERE name = :name AND holder = :holder"
REPORT = """
UPDATE lease SET until = :until, doing = :doing WHERE name = :name AND holder = :holder
"""
RELEASE = """
UPDATE lease SET holder = '', until = 0, doing = '' WHERE name = :name AND holder = :holder
"""
READ = "SELECT holder, until, doing FROM lease WHERE name = :name AND until >= :now"


@contextlib.contextmanager
def held(doing: str) -> Iterator[Callable[[str], None]]:
    """Hold the lease for the block; yields `report(doing)`, which says what is done now.

    Raises UserError with the holder's name if another process holds it; `report` raises it if the
    lease was lost.
    """
    with _only_process():
        _execute(CREATE)
        if not _execute(ACQUIRE, doing):
            raise UserError(_sentence(holder()))
        ended = threading.Event()
        renewal = threading.Thread(target=_renew_until, args=(ended,), daemon=True)
        renewal.start()
        try:
            yield report
        finally:
            ended.set()
            renewal.join()
            with contextlib.suppress(UserError):
                _execute(RELEASE)


@contextlib.contextmanager
def _only_process() -> Iterator[None]:
    """Hold the file lock of the state folder, which ends with the process: no need to wait then."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locks.exclusive(LOOP))
        except UserError:
            raise UserError(_sentence(holder())) from None
        yield


def report(doing: str) -> None:
    """Store what is done now; raises UserError if another process has taken the lease."""
    if not _execute(REPORT, doing):
        raise UserError(f"the lease ran out: {_sentence(holder())}")


def _renew_until(ended: threading.Event) -> None:
    while not ended.wait(SECONDS_BETWEEN_RENEWALS):
        # A lost lease is found by the next report.
        with contextlib.suppress(UserError):
            _execute(RENEW)


def holder() -> dict | None:
    """The holder, until when (seconds since 1970), and what is done; None if it is free."""
    with database.transaction() as connection:
        row = connection.execute(sql.text(READ), {"name": LOOP, "now": time.time()}).first()
    return row._asdict() if row else None


def _sentence(current: dict | None) -> str:
    if current is None:
        return "another loop has just started or ended on this state: start only one"
    name, doing = current["holder"], current["doing"]
    return f"another loop is running: {name}, {doing}: let that one go on, or stop it"


def _execute(statement: str, doing: str = "") -> bool:
    """Run a statement; returns whether it changed the lease."""
    place, now = _place(), time.time()
    names = {"name": LOOP, "holder": f"{place}{os.getpid()}", "place": place, "length": len(place)}
    parameters = names | {"doing": doing, "now": now, "until": now + SECONDS}
    with database.transaction() as connection:
        return connection.execute(sql.text(statement), parameters).rowcount == 1


def _place() -> str:
    """This machine and the state folder of the loop."""
    return f"{socket.gethostname()}:{settings.runs()}, process "
