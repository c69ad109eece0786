"""Check every flight of a file before the first one is answered."""

from bisect import bisect_left
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa

from groundcrew.batch import reading
from groundcrew.batch.columns import Columns
from groundcrew.errors import UserError

Check = Callable[[pd.DataFrame], object]


def checked(path: Path, check: Check, columns: Columns) -> Iterator[pa.Table]:
    """Yield the chunks of a file; raises UserError that names the first flight `check` refuses."""
    before = 0
    for chunk in reading.read(path, columns.names):
        if refusal(chunk, check, columns):
            count, reason = first_refused(chunk, check, columns)
            where = f"flight {before + count:,} of {path.name}" if count else path.name
            raise UserError(f"{where}: {reason}")
        yield chunk
        before += len(chunk)


def first_refused(chunk: pa.Table, check: Check, columns: Columns) -> tuple[int, UserError | None]:
    """Position (from 1) and reason of the first refused flight; position 0: a column is wrong."""

    def is_refused(count: int) -> bool:
        return refusal(chunk[:count], check, columns) is not None

    count = bisect_left(range(len(chunk)), True, key=is_refused)
    return count, refusal(chunk[max(count - 1, 0) : count], check, columns)


def refusal(chunk: pa.Table, check: Check, columns: Columns) -> UserError | None:
    try:
        check(columns.frame(chunk))
    except UserError as reason:
        return reason
    return None
