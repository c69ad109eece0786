"""The cells of Level 0's notebook, as a person edits them before running all of them."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

BUILT = 'TODAY = pd.Timestamp("2013-03-01")'
# The cell that fits five more models, only to compare; a hurried person skips it.
SLOW = "weeks = {}"


def edited(notebook: Path, today: date, months: list[str], changes: Mapping[str, str]) -> str:
    """The code of the cells, with the day, the months and the lines that a person has edited."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    code = "\n\n".join(source for source in sources if SLOW not in source)
    code = code.replace(BUILT, BUILT.replace("2013-03-01", f"{today}"))
    for table in ("flights", "weather"):
        code = changed(code, read(table, ["2013-01", "2013-02"]), read(table, months))
    for old, new in changes.items():
        code = changed(code, old, new)
    return code.replace("plt.show()", "plt.close('all')")


def read(table: str, months: list[str]) -> str:
    return ", ".join(f'pd.read_parquet(f"{{FEED}}/{table}/{month}.parquet")' for month in months)


def changed(code: str, old: str, new: str) -> str:
    assert old in code, f"the notebook has changed: it does not say {old}"
    return code.replace(old, new)
