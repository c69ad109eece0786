"""Read a file that a project's own command has to write; what is wrong with it is NotMet."""

from pathlib import Path

import pandas as pd

from ladder.conformance.findings import NotMet
from ladder.conformance.findings import require

MINUTES, MODEL = "minutes", "model"


def answers(path: Path, *columns: str) -> pd.DataFrame:
    """A file of answers with these columns, in which the minutes are numbers."""
    found = table(path)
    for name in columns:
        columns_there = ", ".join(map(str, found.columns))
        require(name in found, f"the answers have no column {name}: they have {columns_there}")
    if MINUTES in columns:
        minutes = found[MINUTES]
        numbers = pd.api.types.is_numeric_dtype(minutes)
        require(numbers, f"the minutes are no numbers: {list(minutes[:3])}")
    return found


def table(path: Path) -> pd.DataFrame:
    """A file in CSV or Parquet."""
    require_there(path)
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        return pd.read_csv(path, dtype={MODEL: str})
    except (ValueError, OSError) as error:
        words = f"{error}".partition("\n")[0]
        raise NotMet(f"{path.name} is no table that can be read: {words}") from None


def require_there(path: Path) -> None:
    require(path.is_file(), f"the command ended well, and wrote no {path.name}")
