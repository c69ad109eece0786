"""Where cells and the states that they begin with are stored, and whether they are still valid."""

import hashlib
import json
from pathlib import Path

from ladder.incidents.catalogue import CATALOGUE
from ladder.incidents.scenarios import SCENARIOS
from ladder.places import RUNS
from ladder.year import assumptions
from ladder.year import builds

HOME = RUNS / "incidents"
HERE = Path(__file__).parent
# Modules that choose, judge or show cells. All others take part in playing one.
AROUND = {
    "command",
    "difference",
    "incident_page",
    "judge",
    "live_level",
    "measured",
    "outcomes",
    "page",
    "picture",
    "preloaded",
    "publish",
    "runner",
    "side_by_side",
    "stored",
    "terminal",
    "tiles",
}


def record_of(name: str, level: int, seed: int = 0) -> Path:
    return HOME / "cells" / f"{name}-level{level}-{seed}.json"


def sandbox(name: str, level: int, seed: int) -> Path:
    return HOME / "sandboxes" / f"{name}-level{level}-{seed}"


def log_of(folder: Path) -> Path:
    """What a process has printed that builds a state or plays a cell in this folder."""
    return folder / "log"


def base(scenario: str, level: int) -> Path:
    return HOME / "bases" / f"level{level}-{SCENARIOS[scenario].base(level)}"


def playing() -> list[Path]:
    """Every module that takes part in making a base or playing a cell, of whichever incident."""
    beside = [path for path in sorted(HERE.glob("*.py")) if path.stem not in AROUND]
    return [*beside, *sorted((HERE / "teams").glob("*.py"))]


def digest(level: int, name: str = "") -> str:
    """A digest of all that a cell is made from; without a name, of what a base is made from."""
    sources = [*builds.sources(level), *playing(), assumptions.PLACE]
    if name in CATALOGUE:
        sources.append(HERE / "catalogue" / f"{name.replace('-', '_')}.py")
    found = hashlib.sha256()
    for path in sources:
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


def is_built(scenario: str, level: int) -> bool:
    mark = base(scenario, level) / "made-from"
    return mark.exists() and mark.read_text(encoding="utf-8") == digest(level)


def is_played(name: str, level: int, seed: int) -> bool:
    path = record_of(name, level, seed)
    try:
        return json.loads(path.read_text(encoding="utf-8"))["made_from"] == digest(level, name)
    except (FileNotFoundError, ValueError, KeyError):
        return False
