"""`ladder check` in a climb: where the attendee stands, and the next thing to type."""

from ladder.climbing import exercise as commands
from ladder.climbing import exercises
from ladder.climbing import levels
from ladder.climbing import memory
from ladder.climbing import opened
from ladder.climbing import say
from ladder.climbing import standing
from ladder.climbing import statements
from ladder.climbing import taking
from ladder.climbing.exercises import Exercise
from ladder.climbing.repository import Repository
from ladder.climbing.trial import wrong as wrong_in
from ladder.climbing.watch import watch as look_again


def main(found: Repository, *, watch: bool) -> int:
    if watch:
        look_again(found, look)
    return look(found)


def look(found: Repository) -> int:
    """Print the first thing that is not right, or what is done; returns the exit code."""
    memo = memory.read(found)
    step = memo.step(found)
    if memo.pending:
        print(levels.title(memo.pending["level"]))
        if not opened.show(found):
            print("no conflict is left: one more command takes the step")
            say.following("climb")
        return 1
    if memo.exercise:
        return look_at_exercise(found, exercises.named(memo.exercise["name"]))
    print(levels.title(step["level"]))
    if errors := list(standing.syntax_errors(found)):
        return report_syntax(found, errors, step["level"])
    if taking.is_between(step):
        return report_files_left(step)
    return statements.look(found, memo, step["level"])


def look_at_exercise(found: Repository, exercise: Exercise) -> int:
    wrong = wrong_in(exercise.check, found.folder)
    with memory.changing(found) as memo:
        if wrong:
            memo.finding = {"title": exercise.title, "hint": exercise.hint}
        else:
            found.commit(f"Solve the exercise {exercise.name}")
            commands.close(memo, exercise, commands.SOLVED)
    if wrong:
        commands.show(exercise)
        say.paragraph(f"not yet: {wrong}", "  ")
        say.following("hint")
        return 1
    print(f"{exercise.title}: solved, and committed")
    say.paragraph(exercise.idea, "  ")
    commands.follow(exercise.level, memo)
    return 0


def report_syntax(found: Repository, errors: list[str], level: int) -> int:
    for error in errors:
        print(f"  not Python: {error}")
    memory.remember(
        found,
        "a file is not Python",
        "Python reads a file from top to bottom and stops where it does not understand it: look at "
        "that line and the one before it. A bracket or a quotation mark may be missing, or a line "
        "that begins with <<<<<<< be left from a merge.",
    )
    say.following("hint")
    say.otherwise("reset", "--level", f"{level}")
    return 1


def report_files_left(step: dict) -> int:
    left = taking.remaining(step)
    print(f"  on the way to the next level: {say.counted(len(left), 'file')} left to take")
    for path in left:
        print(f"    {path}")
    say.following("climb")
    say.otherwise("climb", "--undo")
    return 1
