"""Store the matrix, and the picture that the README shows of it."""

import json
from pathlib import Path

from ladder.errors import LadderError
from ladder.incidents import measured
from ladder.incidents import picture
from ladder.places import ROOT

FOLDER = ROOT / "shared" / "incidents"
# These differ from run to run, and are no property of the levels.
RUN_ONLY = ("cpu", "wall", "alarms", "steps")
PICTURES = {"matrix.svg": False, "matrix-narrow.svg": True}


def publish(result: dict, folder: Path = FOLDER) -> None:
    """Write the numbers and the pictures; raises LadderError for a surprise."""
    if measured.surprises(result["rows"]):
        raise LadderError("not published: cells are not as declared, mend these first")
    folder.mkdir(exist_ok=True)
    kept = stored(result)
    text = json.dumps(kept, indent=1, ensure_ascii=False) + "\n"
    (folder / "matrix.json").write_text(text, encoding="utf-8", newline="\n")
    for name, drawn in pictures(kept).items():
        (folder / name).write_text(drawn, encoding="utf-8", newline="\n")


def stored(result: dict) -> dict:
    """What is kept of a run: outcomes and figures, by incident and level."""
    rows = [
        {**row, "levels": {level: cell_of(cell) for level, cell in row["levels"].items()}}
        for row in result["rows"]
    ]
    return {"levels": result["levels"], "rows": rows, "assumptions": result["assumptions"]}


def cell_of(cell: dict) -> dict:
    kept = {name: value for name, value in cell.items() if name not in RUN_ONLY}
    return {**kept, "steps_by_hand": len(cell["steps"])}


def published(folder: Path = FOLDER) -> dict:
    return json.loads((folder / "matrix.json").read_text(encoding="utf-8"))


def pictures(kept: dict) -> dict[str, str]:
    return {name: picture.svg(kept, narrow=narrow) for name, narrow in PICTURES.items()}
