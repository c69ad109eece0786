"""The inputs of a model: check them, parse them, and score any number of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from pathlib import Path

import pandas as pd
from pandas.api.types import is_numeric_dtype

from groundcrew.batch.columns import Columns
from groundcrew.batch.scoring import Answer
from groundcrew.batch.scoring import score_file
from groundcrew.batch.scoring import score_frame
from groundcrew.errors import UserError


@dataclass(frozen=True)
class Inputs:
    """The features that a model takes: codes in `categories`, then `numbers`, in this order."""

    categories: list[str]
    numbers: list[str]

    @property
    def features(self) -> list[str]:
        return [*self.categories, *self.numbers]

    def check(self, flights: pd.DataFrame) -> pd.DataFrame:
        """The features, in order, numbers as float64.

        Raises UserError for a column that is missing, a code that is not a text or is empty, and a
        number that is not one; a missing number is allowed.
        """
        if missing := [name for name in self.features if name not in flights]:
            needed = ", ".join(self.features)
            raise UserError(f"missing {', '.join(missing)}: every flight needs {needed}")
        for name in self.numbers:
            values = flights[name].dropna()
            if is_numeric_dtype(flights[name]):
                continue
            if len(values):
                reason = f"{name} holds {values.iloc[0]!r}, not a number"
                raise UserError(f"{reason}: give minutes, miles or seats")
            flights = flights.assign(**{name: nan})  # a column of another type without a value
        for name in self.categories:
            # Look at each code once, however many flights have it.
            codes = flights[name].unique()
            if wrong := [code for code in codes if not isinstance(code, str) or not code]:
                reason = f"{name} holds {wrong[0]!r}, not a code"
                raise UserError(f"{reason}: give one such as UA or JFK for every flight")
        return flights[self.features].astype(dict.fromkeys(self.numbers, "float64"))

    def parse(self, text: str) -> pd.DataFrame:
        """One flight as a frame of one row; raises UserError if the text is not a JSON object."""
        try:
            flight = json.loads(text)
        except json.JSONDecodeError as problem:
            reason = f"{text!r} is not JSON ({problem})"
            raise UserError(f'{reason}: write one flight as {{"carrier": "UA", …}}') from None
        if not isinstance(flight, dict):
            raise UserError(f'{text!r} is not one flight: write it as {{"carrier": "UA", …}}')
        return pd.DataFrame([flight])

    def score(
        self,
        flights: pd.DataFrame | Path | None,
        out: Path | None,
        answer: Answer,
        record: Callable[[pd.DataFrame], None] | None = None,
    ) -> int:
        """Answer the flights of a frame or a file, write the file `out`, return their number.

        A file, .csv or .parquet, is read in chunks. It is refused as a whole, with a UserError
        that names the first wrong flight, before the first flight is answered. `answer` adds
        columns to a chunk; `record` is called with each answered chunk before it is written.

        PIPE stands for CSV on stdin or stdout. As stdout then belongs to the answers, this process
        prints everything else, from now on, on stderr.
        """
        if flights is None:
            raise UserError("no flights to score: name a file, or add --day or --flight")
        if out is None:
            raise UserError("no place for the predictions: add --out predictions.csv")
        columns = Columns(self.features, self.numbers)
        if isinstance(flights, pd.DataFrame):
            return score_frame(flights, out, answer, columns, record)
        return score_file(flights, out, self.check, answer, columns, record)
