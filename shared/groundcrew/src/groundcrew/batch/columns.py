"""The columns of a chunk that a model is given; all other columns pass through unchanged."""

from contextlib import suppress
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
from pyarrow import compute as arrow

from groundcrew.errors import UserError

KEY = "flight_id"
TEXT = (pa.string(), pa.large_string())


@dataclass(frozen=True)
class Columns:
    """The names of a model's columns, and which of them are numbers."""

    names: list[str]
    numbers: list[str]

    def frame(self, chunk: pa.Table) -> pd.DataFrame:
        """The key and the model's columns of a chunk; raises UserError for a repeated name."""
        names = chunk.column_names
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            reason = f"more than one column is named {', '.join(repeated)}"
            raise UserError(f"{reason}: give each column a name of its own")
        present = [name for name in [KEY, *self.names] if name in names]
        return self.parse_numbers(chunk).select(present).to_pandas()

    def parse_numbers(self, chunk: pa.Table) -> pa.Table:
        """Cast a column of text to float64 if every value is a number; else leave it as text."""
        for name in self.numbers:
            if name in chunk.column_names and chunk[name].type in TEXT:
                with suppress(pa.ArrowInvalid):
                    values = arrow.utf8_trim_whitespace(chunk[name]).cast(pa.float64())
                    chunk = set_column(chunk, name, values)
        return chunk


def set_column(chunk: pa.Table, name: str, column: pa.Array) -> pa.Table:
    """Replace the column of this name, or append it."""
    index = chunk.schema.get_field_index(name)
    if index < 0:
        return chunk.append_column(name, column)
    return chunk.set_column(index, name, column)
