"""The inputs of a model: check them, parse them, and score any number of them."""

import json
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from pathlib import Path

import pandas as pd

from groundcrew import flight_rules
from groundcrew.batch.columns import Columns
from groundcrew.batch.scoring import Answer
from groundcrew.batch.scoring import score_file
from groundcrew.batch.scoring import score_frame
from groundcrew.batch.unseen import Unseen
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

        Raises UserError for a column that is missing, and for a value that `flight_rules` refuses.
        A file has a column of each, so that a misspelt name is not taken for an unknown value.
        """
        if missing := [name for name in self.features if name not in flights]:
            needed = ", ".join(self.features)
            raise UserError(f"missing {', '.join(missing)}: every flight needs {needed}")
        for name in self.numbers:
            if flights[name].isna().all():
                flights = flights.assign(**{name: nan})  # a column of any type, without a value
            flight_rules.require_numbers(flights, name)
        for name in self.categories:
            flight_rules.require_codes(flights, name)
        flight_rules.require_names(flights)
        return flights[self.features].astype(dict.fromkeys(self.numbers, "float64"))

    def parse(self, text: str, known: Mapping[str, frozenset[str]] | None = None) -> pd.DataFrame:
        """One flight as a frame of one row; what may be unknown may be left out.

        Raises UserError if the text is not a JSON object, or not a valid flight.
        """
        try:
            flight = json.loads(text)
        except json.JSONDecodeError as problem:
            reason = f"{text!r} is not JSON ({problem})"
            raise UserError(f'{reason}: write one flight as {{"carrier": "UA", …}}') from None
        if not isinstance(flight, dict):
            raise UserError(f'{text!r} is not one flight: write it as {{"carrier": "UA", …}}')
        # Beside another name, what is left out may be misspelt: it stays missing.
        others = flight.keys() - {flight_rules.KEY, *self.features}
        row = pd.DataFrame([flight if others else dict.fromkeys(self._optional) | flight])
        unseen = Unseen(known or {})
        unseen.look(self.check(row))
        unseen.report()
        return row

    @property
    def _optional(self) -> list[str]:
        ranges = flight_rules.RANGES
        return [name for name in self.numbers if name in ranges and ranges[name].optional]

    def score(
        self,
        flights: pd.DataFrame | Path | None,
        out: Path | None,
        answer: Answer,
        record: Callable[[pd.DataFrame], None] | None = None,
        known: Mapping[str, frozenset[str]] | None = None,
    ) -> int:
        """Answer the flights of a frame or a file, write the file `out`, return their number.

        A file, .csv or .parquet, is read in chunks. It is refused as a whole, with a UserError
        that names the first wrong flight, before the first flight is answered. `answer` adds
        columns to a chunk; `record` is called with each answered chunk before it is written. If a
        code is not `known` to the model, a warning names it, and a column the flights that have it.

        PIPE stands for CSV on stdin or stdout. As stdout then belongs to the answers, this process
        prints everything else, from now on, on stderr.
        """
        if flights is None:
            raise UserError("no flights to score: name a file, or add --day or --flight")
        if out is None:
            raise UserError("no place for the predictions: add --out predictions.csv")
        columns, unseen = Columns(self.features, self.numbers), Unseen(known or {})
        if isinstance(flights, pd.DataFrame):
            return score_frame(flights, out, answer, columns, record, unseen)
        return score_file(flights, out, self.check, answer, columns, record, unseen)
