"""Flights in files, CSV or Parquet: read and written a chunk at a time, so that any number fits into memory."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from pyarrow import csv
from pyarrow import parquet

from flighttime import files
from flighttime.errors import Refused
from flighttime.features import FEATURES

CHUNK = 65_536  # flights: with this many at a time the model is as fast as with all at once


def read(path: Path) -> Iterator[pa.Table]:
    """The flights of a file in chunks; where there are none, an empty chunk still brings the columns."""
    if path.suffix not in READERS:
        raise Refused(f"{path} is neither .csv nor .parquet: save the flights as one of these")
    if not path.exists():
        raise Refused(f"there is no file {path}: name a file of flights with {', '.join(FEATURES)}")
    try:
        with path.open("rb") as file:
            yield from in_chunks(READERS[path.suffix](file))
    except (ValueError, OSError, pa.ArrowException) as problem:
        raise Refused(f"{path.name} cannot be read as {path.suffix} ({problem}): save the flights again") from None


def read_csv(file: BinaryIO) -> Iterator[pa.Table]:
    # Text stays as it is: "NA" is a code like any other, and "1E5" is an airport, not a number.
    as_text = csv.ConvertOptions(default_column_type=pa.string(), strings_can_be_null=True, null_values=[""])
    # One thread counts the lines, and can say in which it stopped.
    counting = csv.ReadOptions(use_threads=False)
    with csv.open_csv(file, counting, csv.ParseOptions(newlines_in_values=True), as_text) as batches:
        yield batches.schema.empty_table()
        yield from (pa.Table.from_batches([batch]) for batch in batches)


def read_parquet(file: BinaryIO) -> Iterator[pa.Table]:
    # Else whole groups of rows, as large as their writer pleased, are fetched ahead.
    batches = parquet.ParquetFile(file, pre_buffer=False)
    # What pandas noted there about an index would hide a column.
    yield batches.schema_arrow.remove_metadata().empty_table()
    yield from (pa.Table.from_batches([batch]) for batch in batches.iter_batches(CHUNK))


def in_chunks(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    waiting = next(tables)
    for table in tables:
        waiting = pa.concat_tables([waiting, table])
        while len(waiting) > CHUNK:
            yield waiting[:CHUNK]
            waiting = waiting[CHUNK:]
    yield waiting


def require_writable(path: Path) -> None:
    if path.suffix not in WRITERS:
        raise Refused(f"{path} is neither .csv nor .parquet: choose such a name for the predictions")


def write(chunks: Iterator[pa.Table], path: Path) -> None:
    """Write a file that appears whole, once the last chunk has come, or not at all."""
    try:
        files.write_whole(path, lambda unfinished: fill(unfinished, chunks, WRITERS[path.suffix]))
    except (OSError, pa.ArrowException) as problem:
        raise Refused(f"{path} cannot be written ({problem}): choose another place, or the other kind of file") from None


def fill(place: Path | BinaryIO, chunks: Iterator[pa.Table], writer: type) -> None:
    first = next(chunks)
    with writer(place, first.schema) as out:
        out.write_table(first)
        for chunk in chunks:
            out.write_table(chunk)


def pour(chunks: Iterator[pa.Table], pipe: BinaryIO) -> None:
    """Write CSV to somebody who may stop reading at any time."""
    try:
        fill(pipe, chunks, csv.CSVWriter)
        pipe.flush()
    except (OSError, pa.ArrowException) as problem:
        # What is not taken must not be offered once again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), pipe.fileno())
        raise Refused(f"stdout does not take the predictions ({problem}): write a file, -o predictions.parquet") from None


READERS = {".csv": read_csv, ".parquet": read_parquet}
WRITERS = {".csv": csv.CSVWriter, ".parquet": parquet.ParquetWriter}
