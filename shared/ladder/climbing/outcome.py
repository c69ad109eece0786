"""What `ladder check` prints of statements: one that fails, what comes next, a level reached."""

from ladder.climbing import levels
from ladder.climbing import memory
from ladder.climbing import say
from ladder.climbing.repository import Repository
from ladder.climbing.suite import Result
from ladder.climbing.suite import Statement

HEAD = "Traceback (most recent call last):\n"
SHOWN = 5  # lines of a traceback, from its end


def not_yet(found: Repository, statement: Statement, result: Result, level: int) -> int:
    """Show what is not met here; returns the exit code."""
    print("  NOT YET")
    row = f"{statement.row} (Level {statement.level})"
    describe(row, result.command, result.expected, result.found)
    own = f"The ladder's own answer: {result.module}"
    hint = f"{result.hint}\n{result.remedy}\n{own}"
    memory.remember(found, f"{row}: {statement.says}", hint)
    follow(level)
    return 1


def check_failed(statement: Statement, result: Result) -> None:
    last = (result.found.strip().splitlines() or ["without a word"])[-1]
    print(f"  ?      {statement.row}: our check failed, please report it: {last}", flush=True)


def unknown(found: Repository, failed: list[tuple[Statement, Result]], level: int) -> int:
    """Some checks failed themselves, so whether the level is reached is unknown."""
    print(f"  NOT KNOWN: {say.counted(len(failed), 'statement')} could not be checked")
    statement, result = failed[0]
    last = "\n".join(result.found.strip().rpartition(HEAD)[2].splitlines()[-SHOWN:])
    hint = (
        "If you have changed the code that this statement is about, compare it with "
        f"{result.module}, the ladder's own answer. If not, it is a defect of the check: report it "
        f"with these lines.\n{last}"
    )
    memory.remember(found, f"our check of {statement.row} failed", hint)
    follow(level)
    return 1


def follow(level: int) -> None:
    say.following("hint")
    say.otherwise("reset", "--level", f"{level}")
    if level < levels.LAST:
        say.otherwise("climb")


def show_above(above: dict[str, str], level: int) -> None:
    """The first statement of the next level, and what is found here instead."""
    print(f"What {levels.title(level + 1)} asks for first, and is not so here:")
    describe(above["row"], above["run"], above["expected"], above["found"])
    print(f"`{say.command('diff')}` shows what the next level changes.")


def describe(row: str, run: str, expected: str, found: str) -> None:
    run = say.shortened(run, 2 * say.WIDTH)
    for name, text in (("about", row), ("run", run), ("expected", expected), ("found", found)):
        if text.strip():
            say.item(name, text)


def celebrate(level: int, asked: list[Statement]) -> None:
    """A visible end of a level, with what can be claimed now."""
    print(f"\n{say.LINE}")
    print(f"  REACHED  {levels.title(level)}")
    own = [one for one in asked if one.level == level]
    if own:
        print("  You can now claim, and show with `ladder check`:")
    for one in own:
        say.paragraph(f"- {one.row}: {one.says}", "    ")
    if level == levels.LAST:
        print("  This is the top of the ladder: you have climbed all of it.")
    print(f"{say.LINE}\n")
