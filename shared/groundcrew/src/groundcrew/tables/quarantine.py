"""Invalid rows are kept as delivered, with the rule that they violate and the day.

python -m groundcrew.tables.quarantine
"""

from datetime import date

import pandas as pd

from groundcrew import commands
from groundcrew.tables.versioned import VersionedTable

TABLE = VersionedTable("quarantine", key=["rule", "row"])


def entries(table: str, rule: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return an entry for each of `rows`: the `table`, the `rule`, and the `row` as JSON."""
    lines = rows.to_json(orient="records", lines=True, date_format="iso").splitlines()
    return pd.DataFrame({"table": table, "rule": rule, "row": lines[: len(rows)]}, dtype="str")


def add(entries: pd.DataFrame, day: date) -> int:
    """Store the new entries as delivered on `day`, and print how many violate each rule.

    Returns how many are new.
    """
    stored = read()
    known = (entries["rule"] + entries["row"]).isin(stored["rule"] + stored["row"])
    new = entries[~known]
    if new.empty:
        return 0
    TABLE.upsert(new.assign(delivered=pd.Timestamp(day).as_unit("us")))
    for rule, count in new["rule"].value_counts(sort=False).items():
        commands.notice(f"{count:9,}  in quarantine: {rule}")
    return len(new)


def read() -> pd.DataFrame:
    """Return every entry, with the day of its delivery in `delivered`."""
    return TABLE.read() if TABLE.exists() else entries("", "", pd.DataFrame())


def main() -> None:
    """Print every entry, by day."""
    stored = read()
    if stored.empty:
        return commands.notice(f"the quarantine is empty; {commands.looked()}")
    for entry in stored.sort_values(["delivered", "table"], kind="stable").itertuples():
        print(f"{entry.delivered:%Y-%m-%d}  {entry.table}: {entry.rule}: {entry.row}")


if __name__ == "__main__":
    commands.run(main)
