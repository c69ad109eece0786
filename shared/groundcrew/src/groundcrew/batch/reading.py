"""Read files of flights, CSV or Parquet, in chunks: a file of any size fits into memory."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
from pyarrow import csv
from pyarrow import parquet

from groundcrew.errors import UserError

PIPE = Path("-")  # read CSV from stdin, or write CSV to stdout
CHUNK = 65_536  # rows; with this many at a time a model is as fast as with all rows at once


@contextmanager
def local_file(source: Path) -> Iterator[Path]:
    """Yield the path of `source`; save stdin in a temporary file, because it is read twice."""
    if source != PIPE:
        yield source
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "stdin.csv")
        with path.open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        yield path


def read(path: Path, columns: list[str]) -> Iterator[pa.Table]:
    """Yield the rows of a file in chunks of `CHUNK` rows.

    A file without rows yields one empty chunk, which has the columns of the file.
    Raises UserError, which names `columns`, if the file cannot be read.
    """
    if path.suffix not in READERS:
        raise UserError(f"{path} is neither .csv nor .parquet: save the flights as one of these")
    if not path.exists():
        names = ", ".join(columns)
        raise UserError(f"there is no file {path}: name a file of flights with {names}")
    try:
        # Not a file of Python: pyarrow's thread may still read ahead when the process ends, and a
        # thread that then asks for the interpreter aborts the process.
        with pa.OSFile(str(path)) as file:
            yield from in_chunks(READERS[path.suffix](file))
    except (ValueError, OSError, pa.ArrowException) as problem:
        reason = f"{path.name} cannot be read as {path.suffix} ({problem})"
        raise UserError(f"{reason}: save the flights again") from None


def read_csv(file: pa.NativeFile) -> Iterator[pa.Table]:
    # Keep text as it is: "NA" is a code like any other, and "1E5" is an airport, not a number.
    as_text = csv.ConvertOptions(
        default_column_type=pa.string(),
        strings_can_be_null=True,
        null_values=[""],
    )
    # A reader with a single thread counts the lines and names the line that it cannot read.
    one_thread = csv.ReadOptions(use_threads=False)
    parsing = csv.ParseOptions(newlines_in_values=True)
    with csv.open_csv(file, one_thread, parsing, as_text) as batches:
        yield batches.schema.empty_table()
        yield from (pa.Table.from_batches([batch]) for batch in batches)


def read_parquet(file: pa.NativeFile) -> Iterator[pa.Table]:
    # Buffering would fetch whole row groups ahead, and a row group can have any size.
    batches = parquet.ParquetFile(file, pre_buffer=False)
    # The metadata of pandas about an index would hide that column.
    yield batches.schema_arrow.remove_metadata().empty_table()
    yield from (pa.Table.from_batches([batch]) for batch in batches.iter_batches(CHUNK))


def in_chunks(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    remaining = next(tables)
    for table in tables:
        remaining = pa.concat_tables([remaining, table])
        while len(remaining) > CHUNK:
            yield remaining[:CHUNK]
            remaining = remaining[CHUNK:]
    yield remaining


READERS = {".csv": read_csv, ".parquet": read_parquet}
