"""What a valid flight is before its departure: the one definition for API, page, batch and file."""

from typing import NamedTuple

import pandas as pd
from pandas.api.types import is_bool_dtype
from pandas.api.types import is_numeric_dtype

from groundcrew.errors import UserError

KEY = "flight_id"
MAX_CHARACTERS = 40
NUL = "\0"  # some databases cannot store this character in a text


class Range(NamedTuple):
    """The values that a number may have, with the limits by pydantic's names."""

    le: float
    unit: str
    ge: float | None = None
    gt: float | None = None
    optional: bool = False

    def __str__(self) -> str:
        low = f"more than {self.gt}" if self.ge is None else f"{self.ge}"
        return f"{low} to {self.le:,} {self.unit}"

    def allows(self, values: pd.Series) -> pd.Series:
        """Which values, all of them known, are in the range."""
        low = values > self.gt if self.ge is None else values >= self.ge
        return low & (values <= self.le)


RANGES = {
    "distance": Range(12_000, "miles", gt=0),
    "sched_dep_min": Range(1440, "minutes after midnight", ge=0),
    "sched_block": Range(1440, "minutes from gate to gate", ge=0, optional=True),
    "seats": Range(1000, "seats", gt=0, optional=True),
}


def require_numbers(flights: pd.DataFrame, name: str) -> None:
    """Raise UserError, with the first wrong value, if a column of numbers breaks a rule."""
    values, allowed = flights[name].dropna(), RANGES.get(name)
    wrong_type = not is_numeric_dtype(flights[name]) or is_bool_dtype(flights[name])
    if wrong_type and len(values):
        reason = f"{name} holds {values.iloc[0]!r}, not a number"
        raise UserError(f"{reason}: give minutes, miles or seats")
    if allowed is None:
        return
    if len(values) < len(flights) and not allowed.optional:
        raise UserError(f"{name} is unknown: give {allowed} for every flight")
    wrong = values[~allowed.allows(values.astype("float64"))]
    if len(wrong):
        raise UserError(f"{name} is {wrong.iloc[0]:g}, a value out of range: give {allowed}")


def require_codes(flights: pd.DataFrame, name: str) -> None:
    """Raise UserError, with the first wrong value, if a column of codes breaks a rule."""
    # Look at each code once, however many flights have it.
    codes = flights[name].unique()
    if wrong := [code for code in codes if not isinstance(code, str) or not code]:
        reason = f"{name} holds {wrong[0]!r}, not a code"
        raise UserError(f"{reason}: give one such as UA or JFK for every flight")
    _require_short(name, pd.Series(codes, dtype="str"))


def require_names(flights: pd.DataFrame) -> None:
    """Raise UserError if a client's own name for a flight, in `KEY`, breaks a rule."""
    if KEY in flights:
        _require_short(KEY, flights[KEY].dropna().astype("str"))


def _require_short(name: str, texts: pd.Series) -> None:
    wrong = texts[(texts.str.len() > MAX_CHARACTERS) | texts.str.contains(NUL, regex=False)]
    if len(wrong):
        reason = f"{name} is {wrong.iloc[0][:MAX_CHARACTERS]!r}, too long or with the character NUL"
        raise UserError(f"{reason}: give at most {MAX_CHARACTERS} printable characters")
