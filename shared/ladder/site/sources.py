"""The results that pages are made of: this machine's own runs, else the published ones."""

import json
from typing import Any

from ladder import feature
from ladder import publish
from ladder.conformance import model
from ladder.conformance import summary
from ladder.errors import LadderError
from ladder.incidents import publish as incidents
from ladder.places import RUNS

Result = dict[str, Any]


def year() -> Result:
    return own("report.json", "levels", "run") or publish.published()


def bad_days() -> Result:
    return own("incidents.json", "rows", "incidents") or incidents.published()


def whole_year() -> Result:
    """Of all five levels, as what compares them needs it."""
    return whole(year(), publish.published(), "levels")


def whole_bad_days() -> Result:
    return whole(bad_days(), incidents.published(), "rows")


def whole(found: Result, published: Result, key: str) -> Result:
    """What was found, unless it has less than what is published."""
    levels, needed = found["levels"], published["levels"]
    is_whole = len(found[key]) >= len(published[key]) and len(levels) >= len(needed)
    return found if is_whole else published


def better_feature() -> Result:
    return own("feature.json", "real", "feature") or feature.published()


def staircase() -> Result:
    """What each level proves, as `summary` publishes it."""
    found = own("maturity.json", "cells", "check --matrix")
    return of_cells(found) if found else summary.published()


def of_cells(found: Result) -> Result:
    """The summary of measured cells, which are those of statements that no level below has."""
    holds: dict[str, list[int]] = {}
    for cell in found["cells"]:
        holds.setdefault(cell["id"], []).extend([cell["level"]] * (cell["passed"] is True))
    statements = [
        {**one, "as": one["same_as"], "holds": sorted(holds[one["same_as"] or one["id"]])}
        for one in found["statements"]
        if one["status"] in model.RUN
    ]
    return {"coverage": found["coverage"], "statements": statements}


def evidence() -> str:
    """The page that `ladder check --matrix` has written on this machine, if it has."""
    page = RUNS / "maturity.html"
    return page.read_text(encoding="utf-8") if page.is_file() else ""


def own(name: str, key: str, command: str) -> Result | None:
    """A result of this machine, if there is one; raises LadderError if it cannot be read."""
    file = RUNS / name
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        found[key]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        remedy = f"`ladder {command}` writes it again; or delete it, to show what is published"
        raise LadderError(f"{file} cannot be read: {remedy}") from None
    return found
