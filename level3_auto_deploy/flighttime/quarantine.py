"""Rows that were not taken in as they came: kept as delivered, with the rule that they broke and the day.

    python -m flighttime.quarantine
"""

import argparse
from datetime import date
from pathlib import Path

import pandas as pd

from flighttime import settings
from flighttime import steps
from flighttime import versions


def entries(table: str, rule: str, rows: pd.DataFrame) -> pd.DataFrame:
    """An entry for each row: the table that it is of, the rule in words, and the row as JSON."""
    lines = rows.to_json(orient="records", lines=True, date_format="iso").splitlines()
    return pd.DataFrame({"table": table, "rule": rule, "row": lines[: len(rows)]}, dtype="str")


def add(found: pd.DataFrame, day: date) -> None:
    """Keep the entries that are not there yet, and say how many broke which rule."""
    on, known = versions.latest(place()), read()
    new = found[~(found["rule"] + found["row"]).isin(known["rule"] + known["row"])]
    if new.empty:
        return
    try:
        versions.write(place(), new.assign(delivered=pd.Timestamp(day)), on=on)
    except versions.Overtaken:
        return add(found, day)
    for rule, count in new["rule"].value_counts(sort=False).items():
        steps.notice(f"{count:9,}  in quarantine: {rule}")


def read() -> pd.DataFrame:
    """Every entry, with the day on which it was delivered."""
    return versions.read(place()) if versions.exists(place()) else entries("", "", pd.DataFrame())


def place() -> Path:
    return settings.runs() / "data" / "quarantine"


def main(arguments: argparse.Namespace) -> None:
    for entry in read().itertuples():
        print(f"{entry.delivered:%Y-%m-%d}  {entry.table}: {entry.rule}: {entry.row}")


if __name__ == "__main__":
    steps.run(main, steps.parser(__doc__))
