"""`ladder climb`: take what the next level adds, merged with the attendee's own edits."""

import argparse
from pathlib import Path

from ladder.climbing import levels
from ladder.climbing import memory
from ladder.climbing import opened
from ladder.climbing import repository
from ladder.climbing import say
from ladder.climbing import taking
from ladder.climbing import undo
from ladder.climbing.memory import Memory
from ladder.climbing.merging import Merged
from ladder.climbing.repository import Repository
from ladder.errors import LadderError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="only these files or folders (default: all)"
    )
    parser.add_argument("--undo", action="store_true", help="take the last step back")


def main(arguments: argparse.Namespace) -> int:
    if arguments.undo and arguments.files:
        raise LadderError("--undo takes all of the last step back: leave the files out")
    if "" in arguments.files:
        raise LadderError("'' is no file of the next level: name one, or none to take all of it")
    found = repository.require(Path.cwd())
    found.require_branch()
    with memory.changing(found) as memo:
        if arguments.undo:
            return undo.main(found, memo)
        if memo.pending and memo.pending["written"]:
            return finish(found, memo)
        if memo.pending:  # this computer stopped in the middle of it
            undo.put_back(found, memo.pending["before"])
            memo.pending = None
        memo.require_no_exercise()
        return take(found, memo, arguments.files)


def take(found: Repository, memo: Memory, asked: list[str]) -> int:
    """Merge the files that are left of the next level, or those of them that are asked for."""
    step = memo.step(found)
    number = step["level"] + 1
    if number > levels.LAST:
        raise LadderError("there is no level above this one: `ladder progress` shows your climb")
    left = taking.remaining(step)
    chosen = taking.choose(found, left, asked)
    found.commit("My edits")
    merged = taking.plan(found, step, chosen, f"Level {number}")
    everything = len(chosen) == len(left)
    gone = taking.outgrown(found, step, number) if everything else {}
    files = levels.content(number) if everything else chosen
    others = {} if everything else step["files"]
    memo.pending = {
        "level": number if everything else number - 1,
        "files": {**others, **memory.keep(found, files)},
        "before": found.head(),
        "message": message(number, chosen, everything=everything),
        "written": False,
    }
    memory.write(found, memo)
    show(number, merged, gone)
    taking.write(found, merged, number - 1)
    for path, unedited in gone.items():
        if unedited:
            taking.remove(found, path)
    memo.pending["written"] = True
    return finish(found, memo)


def show(number: int, merged: dict[str, Merged | None], gone: dict[str, bool]) -> None:
    print(levels.title(number))
    plain = [path for path, one in merged.items() if one and one.note in ("new", "taken")]
    print(
        f"{say.counted(len(plain), 'file')} taken as {'it is' if len(plain) == 1 else 'they are'}"
    )
    for path, one in merged.items():
        if one and path not in plain:
            print(f"  {path}: {one.note}")
    for path, unedited in gone.items():
        print(f"  {path}: {'replaced' if unedited else 'has your edits, so it stays'}")


def message(number: int, chosen: dict[str, bytes], *, everything: bool) -> str:
    if everything:
        return f"Climb to {levels.title(number)}"
    return f"Take {', '.join(chosen)} of Level {number}"


def finish(found: Repository, memo: Memory) -> int:
    """Commit the step, unless conflicts are open: then show them."""
    pending = memo.pending
    assert pending
    if opened.show(found):
        return 1
    commit = found.commit(pending["message"])
    step: dict = {name: pending[name] for name in ("level", "files", "before")} | {"commit": commit}
    memo.steps.append(step)
    memo.pending = memo.finding = None
    if taking.is_between(step):
        number = step["level"]
        left = say.counted(len(taking.remaining(step)), "file")
        print(f"you are between Level {number} and Level {number + 1}: {left} left")
    done = "your files were so already" if commit == pending["before"] else "committed"
    print(f"{done}; `ladder climb --undo` takes it back")
    say.following("check")
    return 0
