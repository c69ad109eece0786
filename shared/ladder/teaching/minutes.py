"""The people's part of a workshop: minutes that are estimates until they are measured in a room."""

import statistics
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ladder.climbing import exercises
from ladder.errors import LadderError
from ladder.teaching import FOLDER

FILE = FOLDER / "minutes.toml"
ENTRY = '\n[[taught]]\ndate = {day}\npart = "{part}"\npeople = {people}\nminutes = {minutes}\n'


@dataclass(frozen=True)
class Part:
    """A part of a workshop: what happens, and its minutes, estimated or measured `taught` times."""

    name: str
    title: str
    minutes: int
    taught: int
    machine: tuple[str, ...]

    @property
    def known(self) -> str:
        times = "once" if self.taught == 1 else f"{self.taught} times"
        return f"taught {times}" if self.taught else "estimate"


@dataclass(frozen=True)
class Schedule:
    """The parts of a workshop in their order, within `minutes` that include the breaks."""

    name: str
    title: str
    minutes: int
    parts: tuple[Part, ...]

    @property
    def spare(self) -> int:
        return self.minutes - sum(part.minutes for part in self.parts)


def read(file: Path = FILE) -> list[Schedule]:
    """The schedules; raises LadderError where the file does not have the form.

    Minutes that were measured take the place of an estimate: their median, rounded up.
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        measured = taught(table)
        parts = {name: part(name, row, measured) for name, row in table["part"].items()}
        return [schedule(name, row, parts) for name, row in table["schedule"].items()]
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise LadderError(
            f"{file} does not have its form: {problem!r}; compare it with git"
        ) from None


def taught(table: dict) -> dict[str, list[int]]:
    """The measured minutes by part."""
    found: dict[str, list[int]] = {}
    for row in table.get("taught", []):
        if row["part"] not in table["part"]:
            raise LadderError(f"{FILE.name}: minutes were measured of {row['part']!r}, no part")
        found.setdefault(row["part"], []).append(int(row["minutes"]))
    return found


def part(name: str, row: dict, measured: dict[str, list[int]]) -> Part:
    """A part; an exercise's estimate is the one of its own file."""
    estimate = exercises.named(row["exercise"]).minutes if "exercise" in row else row["estimate"]
    known = measured.get(name, [])
    minutes = -int(-statistics.median(known) // 1) if known else int(estimate)
    return Part(name, row["title"], minutes, len(known), tuple(row.get("machine", ())))


def schedule(name: str, row: dict, parts: dict[str, Part]) -> Schedule:
    return Schedule(name, row["title"], row["minutes"], tuple(parts[one] for one in row["parts"]))


def require_fits(one: Schedule) -> None:
    """Raise LadderError if the parts take longer than there is time."""
    if one.spare < 0:
        longest = max(one.parts, key=lambda part: part.minutes)
        raise LadderError(
            f"schedule {one.name!r}: its parts take {one.minutes - one.spare} minutes, and there "
            f"are {one.minutes}: leave out parts of {-one.spare} minutes in {FILE.name} "
            f"(the longest is {longest.name!r}, {longest.minutes})"
        )


def named(name: str, file: Path = FILE) -> Schedule:
    """The schedule of this name; raises LadderError if there is none, or if it is too long."""
    found = {one.name: one for one in read(file)}
    if name not in found:
        raise LadderError(f"there is no schedule {name!r}: choose from {', '.join(found)}")
    require_fits(found[name])
    return found[name]


def note(name: str, minutes: int, people: int, day: date, file: Path = FILE) -> None:
    """Add measured minutes to the log; raises LadderError for a part that does not exist."""
    text = file.read_text(encoding="utf-8")
    parts = tomllib.loads(text)["part"]
    if name not in parts:
        raise LadderError(f"there is no part {name!r}: choose from {', '.join(parts)}")
    if not 1 <= minutes <= 480 or not 1 <= people <= 1000:
        raise LadderError(f"{minutes} minutes with {people} people: choose 1 to 480 and 1 to 1000")
    entry = ENTRY.format(day=day, part=name, people=people, minutes=minutes)
    file.write_text(text.rstrip("\n") + "\n" + entry, encoding="utf-8", newline="\n")
