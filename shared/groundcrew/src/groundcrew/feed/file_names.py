"""Separate the monthly files of a published table from other files in the same folder."""

import re
from collections.abc import Iterable

from groundcrew.errors import UserError

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
A_MONTH_WITHIN = re.compile(r"\d{4}-(0[1-9]|1[0-2])(?!\d)")
SUFFIX = ".parquet"


def published_months(table: str, names: Iterable[str]) -> list[str]:
    """The months of the files in the folder of a table, such as 2013-03, in order.

    What operating systems leave behind is ignored, and so is every file of another kind. Raises
    UserError, which names the file, if another .parquet file looks like data.
    """
    files = [name for name in names if name.lower().endswith(SUFFIX) and not _is_hidden(name)]
    for name in files:
        if not (MONTH.fullmatch(name.removesuffix(SUFFIX)) and name.endswith(SUFFIX)):
            raise UserError(
                f"{table}/{name} of the feed is no month such as {table}/2013-03{SUFFIX}, "
                f"it looks like {_likely(table, name)}: remove it, or rename it if it is the month",
            )
    return sorted(name.removesuffix(SUFFIX) for name in files)


def _is_hidden(name: str) -> bool:
    """Files such as ._2013-03.parquet, which macOS leaves, and what an editor or a sync hides."""
    return name.startswith((".", "~"))


def _likely(table: str, name: str) -> str:
    within = A_MONTH_WITHIN.search(name)
    if not within:
        return "another table"
    return f"a copy of {table}/{within[0]}{SUFFIX}"
