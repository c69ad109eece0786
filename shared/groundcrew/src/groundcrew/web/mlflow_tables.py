"""Read the tables that clients of MLflow send, in each form that its scoring server accepts."""

import contextlib
import csv
import io
import json

from groundcrew.web import schemas
from groundcrew.web.problems import Problem

UNKNOWN_FORM = (
    "the body has none of the supported forms: send dataframe_split, dataframe_records, instances "
    "or inputs, see /docs"
)


def records(kind: str, body: bytes) -> list[dict]:
    """The rows of the table, not yet checked; raises Problem if the body cannot be read."""
    try:
        text = body.decode()
        return from_csv(text) if kind == "text/csv" else from_json(text)
    except TypeError:
        raise Problem(422, UNKNOWN_FORM) from None
    except (ValueError, RecursionError, csv.Error):
        detail = f"the body cannot be read as {kind}: see the examples in /docs"
        raise Problem(400, detail) from None


def from_csv(text: str) -> list[dict]:
    lines = csv.DictReader(io.StringIO(text), restkey="more cells than names")
    return [{name: cell_value(name, cell) for name, cell in row.items()} for row in lines]


def cell_value(name: str, cell: str) -> str | float | None:
    """None for an empty cell; a cell that should be a number and is none stays for the check."""
    with contextlib.suppress(ValueError):
        return float(cell) if cell and name in schemas.NUMBERS else cell or None
    return cell


def from_json(text: str) -> list[dict]:
    match json.loads(text, parse_constant=constant):
        case {"dataframe_split": {"columns": list(names), "data": list(rows)}}:
            return [dict(zip(names, row, strict=True)) for row in rows]
        case {"dataframe_records": list(rows)} | {"instances": list(rows)}:
            return rows
        case {"inputs": dict(columns)}:
            lines = zip(*columns.values(), strict=True)
            return [dict(zip(columns, line, strict=True)) for line in lines]
        case {"inputs": list(rows)}:
            return rows
    raise Problem(422, UNKNOWN_FORM)


def constant(name: str) -> float | None:
    """Clients that send pandas tables write NaN for an unknown value."""
    return None if name == "NaN" else float(name)
