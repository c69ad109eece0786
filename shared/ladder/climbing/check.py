"""`ladder check` in a climb: where the attendee stands, and the next thing to type."""

import time

from ladder.climbing import exercise as commands
from ladder.climbing import exercises
from ladder.climbing import levels
from ladder.climbing import memory
from ladder.climbing import opened
from ladder.climbing import say
from ladder.climbing import standing
from ladder.climbing import suite
from ladder.climbing import taking
from ladder.climbing.exercises import Exercise
from ladder.climbing.memory import Memory
from ladder.climbing.repository import Repository
from ladder.climbing.suite import Result
from ladder.climbing.suite import Statement
from ladder.climbing.trial import wrong as wrong_in
from ladder.git import listed

EVERY = 1.0  # seconds between two looks for changes
LINE = "-" * 64


def main(found: Repository, *, watch: bool) -> int:
    if not watch:
        return look(found)
    while True:
        before = stamps(found)
        print(f"{LINE} {time.strftime('%H:%M:%S')}")
        look(found)
        print("(looks again when a file changes; Ctrl-C ends it)", flush=True)
        while stamps(found) == before:
            time.sleep(EVERY)


def stamps(found: Repository) -> dict[str, tuple[int, int]]:
    paths = listed(found.folder, "ls-files", "-z", "-co", "--exclude-standard")
    files = {path: found.folder / path for path in paths}
    return {
        path: (file.stat().st_mtime_ns, file.stat().st_size)
        for path, file in files.items()
        if file.is_file()
    }


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
        left = taking.remaining(step)
        print(f"  on the way to the next level: {say.counted(len(left), 'file')} left to take")
        for path in left:
            print(f"    {path}")
        say.following("climb")
        say.otherwise("climb", "--undo")
        return 1
    return look_at_statements(found, memo, step["level"])


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
    remember(
        found,
        "a file is not Python",
        "Python reads a file from top to bottom and stops where it does not understand it: look at "
        "that line and the one before it. A bracket or a quotation mark may be missing, or a line "
        "that begins with <<<<<<< be left from a merge.",
    )
    say.following("hint")
    say.otherwise("reset", "--level", f"{level}")
    return 1


def remember(found: Repository, title: str, hint: str) -> None:
    with memory.changing(found) as memo:
        memo.finding = {"title": title, "hint": hint}


def look_at_statements(found: Repository, memo: Memory, level: int) -> int:
    """Check what has to hold here; where all of it does, show the end and what comes next."""
    asked, files = standing.asked_at(level), standing.content(found)
    unknown = [one for one in asked if not standing.is_known(one, memo, files)]
    if known := len(asked) - len(unknown):
        print(f"  {known} of {len(asked)} statements held before, and nothing changed since")
    if unknown:
        print(
            f"  checking {say.counted(len(unknown), 'statement')}; this runs your code", flush=True
        )
    above = [one for one in standing.asked_above(level)[:1] if not is_remembered(one, memo, files)]
    by_id = {one.id: one for one in [*unknown, *above]}
    for result in suite.results(found.folder, by_id.values()) if by_id else ():
        statement = by_id[result.id]
        if result.passed is None:
            last = (result.found.strip().splitlines() or ["without a word"])[-1]
            print(f"  ?      {statement.row}: our check failed, please report it: {last}")
        elif statement in above:
            remember_above(found, statement, result, files)
        elif not result.passed:
            return report(found, statement, result, level)
        else:
            remember_passed(found, statement, files)
            print(f"  holds  {statement.row}: {say.shortened(statement.says)}", flush=True)
    celebrate(level, asked)
    memo = memory.read(found)
    if memo.above and level < levels.LAST:
        show_above(memo.above, level)
    commands.follow(level, memo)
    return 0


def remember_passed(found: Repository, statement: Statement, files: dict[str, str]) -> None:
    with memory.changing(found) as memo:
        memo.passed[statement.id] = standing.depends(statement, files)
        memo.finding = None


def is_remembered(statement: Statement, memo: Memory, files: dict[str, str]) -> bool:
    return memo.above is not None and memo.above["of"] == standing.depends(statement, files)


def remember_above(
    found: Repository, statement: Statement, result: Result, files: dict[str, str]
) -> None:
    with memory.changing(found) as memo:
        memo.above = {
            "of": standing.depends(statement, files),
            "row": statement.row,
            "run": result.command,
            "expected": result.expected,
            "found": result.found,
        }


def show_above(above: dict[str, str], level: int) -> None:
    """The first statement of the next level, and what is found here instead."""
    print(f"What {levels.title(level + 1)} asks for first, and is not so here:")
    describe(above["row"], above["run"], above["expected"], above["found"])
    print(f"`{say.command('diff')}` shows what the next level changes.")


def report(found: Repository, statement: Statement, result: Result, level: int) -> int:
    print("  NOT YET")
    row = f"{statement.row} (Level {statement.level})"
    describe(row, result.command, result.expected, result.found)
    own = f"The ladder's own answer: {result.module}"
    hint = f"{result.hint}\n{result.remedy}\n{own}"
    remember(found, f"{row}: {statement.says}", hint)
    say.following("hint")
    say.otherwise("reset", "--level", f"{level}")
    if level < levels.LAST:
        say.otherwise("climb")
    return 1


def describe(row: str, run: str, expected: str, found: str) -> None:
    run = say.shortened(run, 2 * say.WIDTH)
    for name, text in (("about", row), ("run", run), ("expected", expected), ("found", found)):
        if text.strip():
            say.item(name, text)


def celebrate(level: int, asked: list[Statement]) -> None:
    """A visible end of a level, with what can be claimed now."""
    print(f"\n{LINE}")
    print(f"  REACHED  {levels.title(level)}")
    own = [one for one in asked if one.level == level]
    if own:
        print("  You can now claim, and show with `ladder check`:")
    for one in own:
        say.paragraph(f"- {one.row}: {one.says}", "    ")
    if level == levels.LAST:
        print("  This is the top of the ladder: you have climbed all of it.")
    print(f"{LINE}\n")
