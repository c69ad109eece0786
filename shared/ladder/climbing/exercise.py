"""`ladder exercise`: list the exercises of a level, open one, or take its solution."""

import argparse
from pathlib import Path

from ladder.climbing import exercises
from ladder.climbing import levels
from ladder.climbing import memory
from ladder.climbing import merging
from ladder.climbing import repository
from ladder.climbing import say
from ladder.climbing import start
from ladder.climbing import taking
from ladder.climbing.exercises import Exercise
from ladder.climbing.memory import Memory
from ladder.climbing.repository import Repository
from ladder.errors import LadderError

SOLVED, TAKEN = "solved", "solution taken"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="the exercise to open")
    parser.add_argument("--solution", action="store_true", help="take the solution of NAME")
    parser.add_argument(
        "--all", action="store_true", help="for instructors: list every exercise with its minutes"
    )


def main(arguments: argparse.Namespace) -> int:
    if arguments.all:
        return list_all()
    found = repository.require(Path.cwd())
    with memory.changing(found) as memo:
        if arguments.name is None:
            return list_level(found, memo)
        exercise = exercises.named(arguments.name)
        if arguments.solution:
            return take_solution(found, memo, exercise)
        return begin(found, memo, exercise)


def list_all() -> int:
    for exercise in exercises.read_all():
        print(f"Level {exercise.level}  {exercise.minutes:>2} min  {exercise.name}")
        say.paragraph(exercise.idea, " " * 17)
    return 0


def list_level(found: Repository, memo: Memory) -> int:
    level = memo.level(found)
    print(levels.title(level))
    for exercise in exercises.of(level):
        open_one = memo.exercise and memo.exercise["name"] == exercise.name
        print(f"  {exercise.name:<22}{'open' if open_one else memo.solved.get(exercise.name, '')}")
        say.paragraph(exercise.idea, " " * 4)
    if not exercises.of(level):
        print("  no exercises at this level: they begin above")
    if memo.exercise:
        say.following("check")
    else:
        follow(level, memo)
    return 0


def follow(level: int, memo: Memory) -> None:
    """Print what comes after what is done: the next exercise, the next level, or the end."""
    left = [one.name for one in exercises.of(level) if one.name not in memo.solved]
    if left:
        say.following("exercise", left[0])
        if level < levels.LAST:
            say.otherwise("climb")
    elif level < levels.LAST:
        say.following("climb")
    else:
        say.following("progress")


def begin(found: Repository, memo: Memory, exercise: Exercise) -> int:
    """Put the starter into the repository, as a commit, and show the task."""
    if memo.exercise and memo.exercise["name"] != exercise.name:
        memo.require_no_exercise()
    if not memo.exercise:
        files = starters(found, memo, exercise)
        found.commit("My edits")
        before = found.head()
        start.write(found.folder, files)
        found.commit(f"Begin the exercise {exercise.name}")
        memo.exercise = {"name": exercise.name, "before": before}
        memo.finding = None
    show(exercise)
    say.following("check")
    return 0


def show(exercise: Exercise) -> None:
    print(exercise.title)
    say.paragraph(exercise.task, "  ")
    print(f"  in {', '.join(exercise.files)}, where a comment says `{exercises.MARK}`")


def starters(found: Repository, memo: Memory, exercise: Exercise) -> dict[str, bytes]:
    """The attendee's files without the exercise's parts; their other edits are kept."""
    level = require_ready(found, memo, exercise)
    base = exercises.solution(exercise)
    changed = {}
    for path, theirs in exercises.starters(exercise, base).items():
        yours = taking.content(found, path)
        if yours is None and path in exercise.added:
            changed[path] = theirs
            continue
        merged = merging.merge(path, base[path], yours, theirs, "the exercise")
        if merged is None or merged.conflicts or yours is None:
            raise LadderError(
                f"your edits of {path} touch the lines of this exercise: "
                f"`ladder reset --level {level}` begins the level again, and keeps them on a branch"
            )
        changed[path] = merged.content
    return changed


def require_ready(found: Repository, memo: Memory, exercise: Exercise) -> int:
    """The attendee's level; raises LadderError where the exercise cannot begin there."""
    step = memo.step(found)
    if memo.pending or taking.is_between(step):
        raise LadderError(
            "finish the step that you have begun, then open an exercise: ladder climb"
        )
    if step["level"] != exercise.level:
        raise LadderError(
            f"{exercise.name} is an exercise of Level {exercise.level}, and you are at Level "
            f"{step['level']}: "
            + ("climb first" if step["level"] < exercise.level else "it is behind you;")
            + f" `ladder reset --level {exercise.level}` goes there directly"
        )
    return step["level"]


def take_solution(found: Repository, memo: Memory, exercise: Exercise) -> int:
    """Restore the files as they were before the exercise; the attempt stays in the history."""
    if not memo.exercise or memo.exercise["name"] != exercise.name:
        raise LadderError(
            f"{exercise.name} is not open: `ladder exercise {exercise.name}` opens it"
        )
    found.commit(f"My attempt at {exercise.name}")
    for path in exercise.files:
        if path not in exercise.added:
            found.run("checkout", "--quiet", memo.exercise["before"], "--", path)
    start.write(found.folder, exercise.added)
    found.commit(f"Take the solution of {exercise.name}")
    close(memo, exercise, TAKEN)
    print(f"the solution of {exercise.name} is in {', '.join(exercise.files)}; it is about this:")
    say.paragraph(exercise.idea, "  ")
    print("`git show` shows what it changed")
    follow(exercise.level, memo)
    return 0


def close(memo: Memory, exercise: Exercise, how: str) -> None:
    memo.solved[exercise.name] = how
    memo.exercise = memo.finding = None
