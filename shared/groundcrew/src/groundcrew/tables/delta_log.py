"""The log of a Delta table: whether there is one, its newest version, and what is wrong with it."""

import re
from pathlib import Path

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from groundcrew.errors import UserError

# Delta writes to a folder with such a name, and does not find it again.
UNREADABLE = re.compile(r"%[0-9A-Fa-f]{2}|[\[\]\\^|\x00-\x1f\x7f]")


def exists(path: Path) -> bool:
    """Return whether there is a version; raises UserError if Delta could not read it back."""
    if match := UNREADABLE.search(path.as_posix()):
        raise UserError(
            f"{path} cannot hold a versioned table: Delta cannot read back a folder with "
            f"{match[0]!r} in its name, so set FLIGHTTIME_RUNS to a folder without it",
        )
    return DeltaTable.is_deltatable(str(path))


def latest(path: Path) -> int | None:
    """Return the number of the newest version, or None before the first."""
    return opened(path).version() if exists(path) else None


def opened(path: Path) -> DeltaTable:
    """The table at its newest version; raises UserError if its log cannot be read."""
    try:
        return DeltaTable(path)
    except DeltaError as problem:
        first_line = f"{problem}".partition("\n")[0]
        raise UserError(
            f"the log of {path} cannot be read ({first_line}): restore the folder from a backup",
        ) from problem


def gone(path: Path, version: int) -> UserError:
    return UserError(
        f"data version {version} of {path} is gone, its files were removed or damaged: "
        "restore the folder from a backup, or choose a later version",
    )
