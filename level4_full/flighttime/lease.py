"""One loop at a time, on whatever machines it was started: who holds the lease may act, and says what it is doing."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator

import sqlalchemy as sql

from flighttime import journal
from flighttime import settings
from flighttime import store
from flighttime.errors import Refused

LOOP = "loop"
SECONDS = 60.0
SECONDS_BETWEEN_RENEWALS = 15.0
Tell = Callable[[str], None]

MAKE = "INSERT INTO lease (name, holder, until, doing) VALUES (:name, '', 0, '') ON CONFLICT DO NOTHING"
# What one here held and another here can take has a dead holder: the lock of this place says so.
TAKE = """
UPDATE lease SET holder = :me, until = :until, doing = :doing
WHERE name = :name AND (until < :now OR substr(holder, 1, :long) = :here)
"""
RENEW = "UPDATE lease SET until = :until WHERE name = :name AND holder = :me"
TELL = "UPDATE lease SET until = :until, doing = :doing WHERE name = :name AND holder = :me"
LEAVE = "UPDATE lease SET holder = '', until = 0, doing = '' WHERE name = :name AND holder = :me"
READ = "SELECT holder, until, doing FROM lease WHERE name = :name AND until >= :now"


@contextlib.contextmanager
def held(doing: str) -> Iterator[Tell]:
    """Let nobody else act while the block lasts. It is given what tells others what is being done.

    Raises Refused, naming the holder, if somebody else holds it; what is given does so if the lease was lost meanwhile.
    """
    with alone_here():
        done(MAKE)
        if not done(TAKE, doing):
            raise Refused(told(who()))
        over = threading.Event()
        renewing = threading.Thread(target=renew, args=(over,), daemon=True)
        renewing.start()
        try:
            yield tell
        finally:
            over.set()
            renewing.join()
            with contextlib.suppress(Refused):
                done(LEAVE)


@contextlib.contextmanager
def alone_here() -> Iterator[None]:
    """However a process ends, the lock of its state goes with it: so whom it kept out need not wait."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(journal.alone(LOOP))
        except Refused:
            raise Refused(told(who())) from None
        yield


def tell(doing: str) -> None:
    """Say what is being done now; raises Refused if somebody else has taken over."""
    if not done(TELL, doing):
        raise Refused(f"the lease ran out: {told(who())}")


def renew(over: threading.Event) -> None:
    while not over.wait(SECONDS_BETWEEN_RENEWALS):
        # If it was lost, whoever acts next is told.
        with contextlib.suppress(Refused):
            done(RENEW)


def who() -> dict | None:
    """Who holds the lease until when (seconds of the epoch), and what is being done; None if nobody does."""
    with store.transaction() as connection:
        row = connection.execute(sql.text(READ), {"name": LOOP, "now": time.time()}).first()
    return row and row._asdict()


def told(holder: dict | None) -> str:
    if holder is None:
        return "another loop has just begun or ended here: see that only one is started"
    return f"another loop is at work: {holder['holder']}, {holder['doing']}: let that one go on, or end it"


def done(statement: str, doing: str = "") -> bool:
    """Whether the statement found the lease as it must be."""
    place, now = here(), time.time()
    said = {"name": LOOP, "me": f"{place}{os.getpid()}", "here": place, "long": len(place), "doing": doing}
    with store.transaction() as connection:
        return connection.execute(sql.text(statement), said | {"now": now, "until": now + SECONDS}).rowcount == 1


def here() -> str:
    """This machine and the state that the loop works on."""
    return f"{socket.gethostname()}:{settings.runs()}, process "
