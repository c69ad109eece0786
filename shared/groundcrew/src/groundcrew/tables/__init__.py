"""Tables that updates extend and correct: in one Parquet file, or with versions in Delta."""

from typing import TYPE_CHECKING

from groundcrew.tables.plain import Table as Table
from groundcrew.tables.rows import Changes as Changes
from groundcrew.tables.rows import Update as Update
from groundcrew.tables.rows import between as between
from groundcrew.tables.rows import digest as digest

if TYPE_CHECKING:
    from groundcrew.tables.versioned import VersionedTable as VersionedTable


def __getattr__(name: str) -> object:
    # Import late: a project without versions does not install Delta.
    if name != "VersionedTable":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from groundcrew.tables.versioned import VersionedTable

    return VersionedTable
