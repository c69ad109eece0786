"""Check the statements that have to hold at a level, and remember what was found of each."""

from ladder.climbing import exercise as commands
from ladder.climbing import memory
from ladder.climbing import outcome
from ladder.climbing import say
from ladder.climbing import standing
from ladder.climbing import suite
from ladder.climbing.memory import Memory
from ladder.climbing.repository import Repository
from ladder.climbing.suite import Result
from ladder.climbing.suite import Statement


def look(found: Repository, memo: Memory, level: int) -> int:
    """Check what has to hold here; where all of it does, show the end and what comes next."""
    asked, files = standing.asked_at(level), standing.content(found)
    unknown = [one for one in asked if not standing.is_known(one, memo, files)]
    if known := len(asked) - len(unknown):
        print(f"  {known} of {len(asked)} statements held before, and nothing changed since")
    if unknown:
        print(
            f"  checking {say.counted(len(unknown), 'statement')}; this runs your code", flush=True
        )
    first = standing.asked_above(level)[:1]
    above = [one for one in first if not standing.is_known(one, memo, files)]
    to_check = unknown if is_not_met(above, memo, files) else [*unknown, *above]
    by_id, failed = {one.id: one for one in to_check}, list[tuple[Statement, Result]]()
    for result in suite.results(found.folder, to_check) if to_check else ():
        statement = by_id[result.id]
        if result.passed:
            remember_passed(found, statement, files)
            if statement not in above:
                print(f"  holds  {statement.row}: {say.shortened(statement.says)}", flush=True)
        elif result.passed is None:
            outcome.check_failed(statement, result)
            failed += [(statement, result)] if statement not in above else []
        elif statement in above:
            remember_above(found, statement, result, files)
        else:
            return outcome.not_yet(found, statement, result, level)
    if failed:
        return outcome.unknown(found, failed, level)
    outcome.celebrate(level, asked)
    memo = memory.read(found)
    if is_not_met(above, memo, files):
        outcome.show_above(memo.above or {}, level)
    commands.follow(level, memo)
    return 0


def remember_passed(found: Repository, statement: Statement, files: dict[str, str]) -> None:
    with memory.changing(found) as memo:
        memo.passed[statement.id] = standing.depends(statement, files)
        memo.finding = None


def is_not_met(above: list[Statement], memo: Memory, files: dict[str, str]) -> bool:
    """Whether the first statement of the next level is known not to hold here."""
    return any(
        memo.above is not None and memo.above["of"] == standing.depends(one, files) for one in above
    )


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
