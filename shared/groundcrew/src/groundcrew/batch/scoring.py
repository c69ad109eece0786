"""Score files and frames of flights chunk by chunk."""

from collections.abc import Callable
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa
from tqdm import tqdm

from groundcrew import compute
from groundcrew.batch import reading
from groundcrew.batch import writing
from groundcrew.batch.checking import Check
from groundcrew.batch.checking import checked
from groundcrew.batch.columns import Columns
from groundcrew.batch.columns import set_column
from groundcrew.batch.unseen import Unseen

Answer = Callable[[pd.DataFrame], pd.DataFrame]
Record = Callable[[pd.DataFrame], None]


def score_file(
    source: Path,
    target: Path,
    check: Check,
    answer: Answer,
    columns: Columns,
    record: Record | None,
    unseen: Unseen,
) -> int:
    """Check all flights of a file, then answer them into `target`; returns their number."""
    with writing.writer(target) as write, reading.local_file(source) as path:
        count = 0
        for chunk in progress("checking", checked(path, check, columns)):
            count += len(chunk)
            unseen.look(columns.frame(chunk))
        unseen.report()
        work = partial(answered, answer=partial(unseen.mark, answer=answer), columns=columns)
        chunks = compute.each(work, reading.read(path, columns.names))
        write(progress("answering", recorded(chunks, record), count))
    return count


def score_frame(
    flights: pd.DataFrame,
    target: Path,
    answer: Answer,
    columns: Columns,
    record: Record | None,
    unseen: Unseen,
) -> int:
    """Answer the flights of a frame into `target`; returns their number."""
    with writing.writer(target) as write:
        chunk = pa.Table.from_pandas(flights, preserve_index=False)
        unseen.look(flights)
        unseen.report()
        marked = partial(unseen.mark, answer=answer)
        write(recorded(iter([answered(chunk, marked, columns)]), record))
    return len(flights)


def answered(chunk: pa.Table, answer: Answer, columns: Columns) -> pa.Table:
    """The chunk with the columns that `answer` adds."""
    chunk = columns.parse_numbers(chunk)
    flights = columns.frame(chunk)
    scored = answer(flights)
    for name in scored.columns.difference(flights.columns, sort=False):
        chunk = set_column(chunk, name, pa.array(scored[name]))
    return chunk


def recorded(chunks: Iterator[pa.Table], record: Record | None) -> Iterator[pa.Table]:
    for chunk in chunks:
        if record:
            record(chunk.to_pandas())
        yield chunk


def progress(
    title: str,
    chunks: Iterator[pa.Table],
    total: int | None = None,
) -> Iterator[pa.Table]:
    """Yield the chunks, and show a progress bar on a terminal."""
    style = {"unit": " flights", "unit_scale": True, "leave": False, "disable": None}
    with tqdm(desc=title, total=total, **style) as bar:
        for chunk in chunks:
            yield chunk
            bar.update(len(chunk))
