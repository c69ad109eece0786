"""Write answers in chunks: an atomic CSV or Parquet file, or CSV on stdout."""

import os
import sys
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from pyarrow import csv
from pyarrow import parquet

from groundcrew import files
from groundcrew.batch.reading import PIPE
from groundcrew.errors import UserError

Write = Callable[[Iterator[pa.Table]], None]
WRITERS = {".csv": csv.CSVWriter, ".parquet": parquet.ParquetWriter}


@contextmanager
def writer(target: Path) -> Iterator[Write]:
    """Yield a function that writes chunks to `target`.

    Raises UserError if the name of `target` ends in neither .csv nor .parquet.
    """
    if target != PIPE:
        if target.suffix not in WRITERS:
            reason = f"{target} is neither .csv nor .parquet"
            raise UserError(f"{reason}: choose such a name for the predictions")
        yield partial(write_file, path=target)
        return
    pipe = sys.stdout.buffer
    # For good: a message after the answers would be one more line of CSV.
    sys.stdout = sys.stderr
    yield partial(write_pipe, pipe=pipe)


def write_file(chunks: Iterator[pa.Table], path: Path) -> None:
    """Write the file atomically: it appears complete after the last chunk, or not at all."""
    try:
        files.write_atomically(path, lambda part: fill(part, chunks, WRITERS[path.suffix]))
    except (OSError, pa.ArrowException) as problem:
        reason = f"{path} cannot be written ({problem})"
        raise UserError(f"{reason}: choose another place, or the other kind of file") from None


def write_pipe(chunks: Iterator[pa.Table], pipe: BinaryIO) -> None:
    """Write CSV to a pipe; raises UserError if its reader closes it."""
    try:
        fill(pipe, chunks, csv.CSVWriter)
        pipe.flush()
    except (OSError, pa.ArrowException) as problem:
        # Python flushes stdout once more at exit, and must not fail again then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), pipe.fileno())
        reason = f"stdout does not take the predictions ({problem})"
        raise UserError(f"{reason}: write a file, --out predictions.parquet") from None


def fill(target: Path | BinaryIO, chunks: Iterator[pa.Table], file_type: type) -> None:
    first = next(chunks)
    with file_type(target, first.schema) as file:
        file.write_table(first)
        for chunk in chunks:
            file.write_table(chunk)
