"""The machine's part of a workshop: the published seconds of walks and commands."""

import json
import os
import platform
from datetime import date

from ladder import doctor
from ladder.errors import LadderError
from ladder.teaching import FOLDER

FILE = FOLDER / "timings.json"


def machine() -> dict:
    """What the seconds were measured on, and when."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return {
        "date": f"{date.today()}",
        "processors": os.cpu_count(),
        "memory_gb": round(doctor.usable_memory() / 1e9),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": load,
    }


def read() -> dict:
    """The published seconds; raises LadderError where there are none."""
    try:
        return json.loads(FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise LadderError(f"{FILE} cannot be read: {problem}; `git checkout` it") from None


def write(measured: list[dict], on: dict) -> None:
    text = json.dumps({"machine": on, "measured": measured}, indent=1) + "\n"
    FILE.write_text(text, encoding="utf-8", newline="\n")


def titled(row: dict) -> str:
    """A measured row's name: the walk of a level, or the command."""
    return f"walk {row['walk']}" if "walk" in row else row["command"]


def total(row: dict) -> float:
    return sum(step["seconds"] for step in row["steps"]) if "walk" in row else row["seconds"]
