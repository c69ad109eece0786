"""`ladder reset`: the start of any level, with what the attendee had on a branch of its own."""

import argparse
import itertools
from pathlib import Path

from ladder.climbing import levels
from ladder.climbing import memory
from ladder.climbing import repository
from ladder.climbing import say
from ladder.climbing import start
from ladder.climbing.memory import Memory
from ladder.climbing.repository import Repository
from ladder.errors import LadderError
from ladder.places import LEVELS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--level", type=int, choices=sorted(LEVELS), help="0 to 4 (default: where you are)"
    )


def main(arguments: argparse.Namespace) -> int:
    found = repository.require(Path.cwd())
    with memory.alone(found):
        memo = recalled(found)
        level = known_level(found, memo) if arguments.level is None else arguments.level
        kept = reset(found, memo, level)
    print(f"{levels.title(level)}\nyou are at its start; what you had is on the branch {kept}")
    say.paragraph(f"To look at it: git switch {kept}; to come back: git switch -")
    say.following("check")
    return 0


def recalled(found: Repository) -> Memory:
    """What was remembered; nothing, if that is lost or broken too."""
    try:
        return memory.read(found)
    except LadderError:
        return Memory()


def known_level(found: Repository, memo: Memory) -> int:
    try:
        return memo.level(found)
    except LadderError:
        raise LadderError("which level? Name it: `ladder reset --level N`, N from 0 to 4") from None


def reset(found: Repository, memo: Memory, level: int) -> str:
    """Commit what there is, keep it on a branch, and commit the level's files in its place."""
    put_an_end_to(found)
    branch = found.branch() or "main"
    found.commit("What I had before the reset")
    kept = free_branch(found)
    found.run("branch", kept, "HEAD")
    if not found.branch():  # nowhere, after a checkout of a commit
        found.run(*repository.OURS, "switch", "--quiet", "--force-create", branch)
    content = levels.content(level)
    for path in found.tracked() - content.keys():
        (found.folder / path).unlink(missing_ok=True)
    start.write(found.folder, content)
    commit = found.commit(f"Begin again at {levels.title(level)}")
    memo.steps.append(start.step(found, commit, level))
    memo.pending = memo.exercise = None
    memory.write(found, memo)
    return kept


def put_an_end_to(found: Repository) -> None:
    """End what was begun with git and is not finished; its files are kept by the commit."""
    git_folder = found.store.parent
    (git_folder / "index.lock").unlink(missing_ok=True)
    for begun in ("rebase", "cherry-pick", "revert", "am"):
        found.git(begun, "--quit")
    (git_folder / "MERGE_HEAD").unlink(missing_ok=True)


def free_branch(found: Repository) -> str:
    taken = found.run("branch", "--format=%(refname:short)").splitlines()
    names = (f"before-reset-{number}" for number in itertools.count(1))
    return next(name for name in names if name not in taken)
