"""How large the prediction log may become: a log that is full says so before the disk is."""

import time

import sqlalchemy as sql

from groundcrew.errors import UserError
from groundcrew.predictions import database
from groundcrew.predictions.address import address
from groundcrew.predictions.address import file_of
from groundcrew.predictions.address import project
from groundcrew.predictions.address import shown

SECONDS_BETWEEN_LOOKS = 10.0
MEGABYTE = 1_000_000
# Pages that an archived week left free are used again.
FILE = """
SELECT (page_count - freelist_count) * page_size
FROM pragma_page_count, pragma_freelist_count, pragma_page_size
"""
SERVER = "SELECT pg_total_relation_size('predictions')"

_looked: dict[str, tuple[float, float]] = {}


def require_room() -> None:
    """Raise UserError if the log is as large as `max_megabytes` allows; looked at now and then."""
    limit = project().limits().get("max_megabytes")
    if limit is None:
        return
    url = address()
    when, size = _looked.get(url, (-float("inf"), 0.0))
    if time.monotonic() - when > SECONDS_BETWEEN_LOOKS:
        size = megabytes()
        _looked.clear()
        _looked[url] = (time.monotonic(), size)
    if size >= limit:
        raise UserError(
            f"the prediction store {shown(url)} is full ({size:,.0f} megabytes, max_megabytes is "
            f"{limit:,}): lower keep_days in flighttime.toml and run the loop, or raise the limit",
        )


def megabytes() -> float:
    """What the answers take on the disk."""
    query = SERVER if file_of(address()) is None else FILE
    with database.transaction() as connection:
        return float(connection.scalar(sql.text(query)) or 0) / MEGABYTE


def probe() -> None:
    """Find out whether an answer can be stored now; raises UserError if not."""
    require_room()
    database.probe()
