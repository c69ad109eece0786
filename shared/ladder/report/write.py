"""Write the report atomically."""

import json
import math
import os
from datetime import date
from pathlib import Path
from typing import Any

from ladder.report.page import page
from ladder.report.series import Report


def write_report(report: Report, folder: Path) -> None:
    """Write `report.json` and `report.html`; both are complete before one replaces another."""
    report = plain(report)
    texts = {
        "report.json": json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False) + "\n",
        "report.html": page(report),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        write_atomically(folder / name, text)


def plain(value: Any) -> Any:
    """The same report in JSON's own types; what is not a number becomes null."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def write_atomically(path: Path, text: str) -> None:
    """Replace the file atomically; on failure the old one stays and nothing is left beside it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
