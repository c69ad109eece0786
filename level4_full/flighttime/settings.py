"""Where things are, what day it is, and the few numbers that a person may tune."""

import os
import tomllib
from datetime import date
from pathlib import Path

from flighttime.errors import Refused

ROOT = Path(__file__).resolve().parent.parent
NEIGHBOUR = ROOT.parent / "shared" / "data"


def feed() -> str:
    """The folder or URL that the outside world publishes to."""
    return os.environ.get("FLIGHTTIME_FEED") or str(NEIGHBOUR)


def runs() -> Path:
    """The folder that holds everything a run writes; nothing is written anywhere else."""
    if place := os.environ.get("FLIGHTTIME_RUNS"):
        return Path(place).resolve()
    if ROOT.parent.name == "releases":  # this is a released copy: its state is where it was released
        return ROOT.parent.parent
    if NEIGHBOUR.is_dir():
        return ROOT.parent / "runs" / ROOT.name
    return ROOT / ".runs"


def today() -> date:
    """The day it is: FLIGHTTIME_TODAY where the calendar is simulated, else the real one.

    `@FILE` there means that the day stands in this file, and may change while the program runs.
    """
    told = os.environ.get("FLIGHTTIME_TODAY")
    if not told:
        return date.today()
    text, where = (written(Path(told[1:])), f" (in {told[1:]})") if told.startswith("@") else (told, "")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"FLIGHTTIME_TODAY{where} is {text[:40]!r}, not a day: write it like 2013-03-01") from None


def written(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as problem:
        raise Refused(f"FLIGHTTIME_TODAY names {file}, which cannot be read ({problem}): write the day into it") from None


def tuned(section: str) -> dict:
    """One section of flighttime.toml."""
    return all_tuned()[section]


def all_tuned() -> dict[str, dict]:
    """The whole of flighttime.toml, by section."""
    with (ROOT / "flighttime.toml").open("rb") as file:
        return tomllib.load(file)
