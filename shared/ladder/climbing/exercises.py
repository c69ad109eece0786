"""The declared exercises: which part of a level's solution is taken away, and what to find out."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from ladder import copies
from ladder.climbing import levels
from ladder.errors import LadderError

FOLDER = Path(__file__).parents[1] / "exercises"
MARK = "exercise:"  # in a comment, where the attendee has something to do


@dataclass(frozen=True)
class Part:
    """A text of the solution, once in its file, and the text that takes its place."""

    file: str
    solution: str
    starter: str


@dataclass(frozen=True)
class Exercise:
    """`place` orders the exercises of a level; `check` is the file with the function check().

    `added` are the files that the exercise brings along, as in its solution; a level lacks them.
    """

    name: str
    level: int
    place: int
    minutes: int
    idea: str
    task: str
    hint: str
    parts: tuple[Part, ...]

    @property
    def check(self) -> Path:
        return FOLDER / f"{self.name}.py"

    @property
    def added(self) -> dict[str, bytes]:
        folder = FOLDER / self.name
        return copies.files(folder) if folder.is_dir() else {}

    @property
    def title(self) -> str:
        return f"exercise {self.name} (Level {self.level})"

    @property
    def files(self) -> list[str]:
        return sorted({part.file for part in self.parts} | set(self.added))


def read_all(folder: Path = FOLDER) -> list[Exercise]:
    """Every exercise, in the order of the climb."""
    found = [read(path) for path in folder.glob("*.toml")]
    return sorted(found, key=lambda exercise: (exercise.level, exercise.place))


def read(path: Path) -> Exercise:
    """One exercise; raises LadderError where the file does not have the form."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        parts = tuple(Part(**part) for part in table.pop("part"))
        return Exercise(name=path.stem, parts=parts, **table)
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise LadderError(f"{path} is not an exercise: {problem}") from None


def of(level: int) -> list[Exercise]:
    return [exercise for exercise in read_all() if exercise.level == level]


def named(name: str) -> Exercise:
    """The exercise of this name; raises LadderError if there is none."""
    every = {exercise.name: exercise for exercise in read_all()}
    if name not in every:
        raise LadderError(f"there is no exercise {name}: `ladder exercise` lists them")
    return every[name]


def starters(exercise: Exercise, content: dict[str, bytes]) -> dict[str, bytes]:
    """The files of the exercise with its parts taken away.

    Raises LadderError if a text of the solution is not in its file once.
    """
    texts = {}
    for path in exercise.files:
        if path not in content:
            raise LadderError(f"{exercise.name}: there is no file {path} at this level")
        texts[path] = content[path].decode()
    for part in exercise.parts:
        times = texts[part.file].count(part.solution)
        if times != 1:
            raise LadderError(
                f"{exercise.name}: the text of the solution is {times} times in {part.file}, "
                f"not once: it begins with {part.solution.strip().splitlines()[0]!r}"
            )
        texts[part.file] = texts[part.file].replace(part.solution, part.starter)
    return {path: text.encode() for path, text in texts.items()}


def solution(exercise: Exercise) -> dict[str, bytes]:
    """The level's own files, and those that the exercise adds."""
    return {**levels.content(exercise.level), **exercise.added}


def of_level(exercise: Exercise) -> dict[str, bytes]:
    """The starter made from the level's own files."""
    return starters(exercise, solution(exercise))
