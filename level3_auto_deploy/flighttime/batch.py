"""Any number of flights in, as many answers out: all of them or none, in constant memory."""

import contextlib
import shutil
import sys
import tempfile
from bisect import bisect_left
from collections.abc import Callable
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import compute
from tqdm import tqdm

from flighttime import tables
from flighttime.compute import each
from flighttime.errors import Refused
from flighttime.features import FEATURES
from flighttime.features import NUMBERS

PIPE = Path("-")  # flights from stdin, or answers to stdout, as CSV
NAMES = ["flight_id", *FEATURES]
Check = Callable[[pd.DataFrame], object]
Answer = Callable[[pd.DataFrame], pd.DataFrame]
Chunks = Iterator[pa.Table]
Write = Callable[[Chunks], None]


def answer_file(source: Path, write: Write, check: Check, answer: Answer) -> int:
    """Answer the flights of a file and `write` them; returns how many there were.

    All of it is looked through before the first flight is answered: what is refused gets no answers at all.
    """
    with at_hand(source) as path:
        flights = sum(len(chunk) for chunk in shown("looking", checked(path, check)))
        chunks = each(partial(answered, answer=answer), tables.read(path))
        write(shown("answering", chunks, flights))
    return flights


def answer_frame(flights: pd.DataFrame, write: Write, answer: Answer) -> int:
    """The same for flights that are in memory already."""
    write(iter([answered(pa.Table.from_pandas(flights, preserve_index=False), answer)]))
    return len(flights)


@contextlib.contextmanager
def at_hand(source: Path) -> Iterator[Path]:
    """The file itself; what comes through a pipe is kept in one for the time, to be read twice."""
    if source != PIPE:
        yield source
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "stdin.csv")
        with path.open("wb") as kept:
            shutil.copyfileobj(sys.stdin.buffer, kept)
        yield path


@contextlib.contextmanager
def going_to(target: Path) -> Iterator[Write]:
    """What writes the answers there; through a pipe go the answers and nothing else."""
    if target != PIPE:
        tables.require_writable(target)
        yield partial(tables.write, path=target)
        return
    pipe = sys.stdout.buffer
    with contextlib.redirect_stdout(sys.stderr):
        yield partial(tables.pour, pipe=pipe)


def checked(path: Path, check: Check) -> Chunks:
    """The flights of a file; raises Refused naming the first of them that cannot be answered."""
    before = 0
    for chunk in tables.read(path):
        try:
            check(known(chunk))
        except Refused:
            flights, reason = first_refused(chunk, check)
            where = f"flight {before + flights:,} of {path.name}" if flights else path.name
            raise Refused(f"{where}: {reason}") from None
        yield chunk
        before += len(chunk)


def first_refused(chunk: pa.Table, check: Check) -> tuple[int, Refused]:
    """How many flights it takes to be refused, and why the last of them is; 0 where it is not for a flight."""

    def refusal(flights: pa.Table) -> Refused | None:
        try:
            check(known(flights))
        except Refused as reason:
            return reason

    flights = bisect_left(range(len(chunk)), True, key=lambda flights: bool(refusal(chunk[:flights])))
    return flights, refusal(chunk[max(flights - 1, 0) : flights])


def known(chunk: pa.Table) -> pd.DataFrame:
    """What is known of each flight, as a model is given it; other columns only come through."""
    twice = {name for name in chunk.column_names if chunk.column_names.count(name) > 1}
    if twice:
        raise Refused(f"{', '.join(sorted(twice))} is there twice: give each column a name of its own")
    return numbers(chunk).select([name for name in NAMES if name in chunk.column_names]).to_pandas()


def numbers(chunk: pa.Table) -> pa.Table:
    """Text that says a number becomes one; other text stays, for the check to show."""
    for name in NUMBERS:
        if name in chunk.column_names and chunk[name].type in (pa.string(), pa.large_string()):
            with contextlib.suppress(pa.ArrowInvalid):
                chunk = put(chunk, name, compute.utf8_trim_whitespace(chunk[name]).cast(pa.float64()))
    return chunk


def answered(chunk: pa.Table, answer: Answer) -> pa.Table:
    chunk = numbers(chunk)
    flights = known(chunk)
    scored = answer(flights)
    for name in scored.columns.difference(flights.columns, sort=False):
        chunk = put(chunk, name, pa.array(scored[name]))
    return chunk


def put(chunk: pa.Table, name: str, column: pa.Array) -> pa.Table:
    """The chunk with this column: in the place of one of that name, or at the end."""
    place = chunk.schema.get_field_index(name)
    return chunk.append_column(name, column) if place < 0 else chunk.set_column(place, name, column)


def shown(doing: str, chunks: Chunks, flights: int | None = None) -> Chunks:
    """The chunks, and on a terminal a line that tells how far they have come."""
    with tqdm(desc=doing, total=flights, unit=" flights", unit_scale=True, leave=False, disable=None) as line:
        for chunk in chunks:
            yield chunk
            line.update(len(chunk))
