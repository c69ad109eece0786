"""`ladder reset`: the start of any level, with what the attendee had on a branch of its own."""

import argparse
from pathlib import Path

from ladder.climbing import levels
from ladder.climbing import memory
from ladder.climbing import repository
from ladder.climbing import say
from ladder.climbing import start
from ladder.climbing import taking
from ladder.climbing.memory import Memory
from ladder.climbing.repository import Repository
from ladder.errors import LadderError
from ladder.places import LEVELS

MAIN = "main"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--level", type=int, choices=sorted(LEVELS), help="0 to 4 (default: where you are)"
    )


def main(arguments: argparse.Namespace) -> int:
    found = repository.require(Path.cwd())
    with memory.alone(found):
        memo = recalled(found)
        level = known_level(found, memo) if arguments.level is None else arguments.level
        kept, *others = reset(found, memo, level)
    print(f"{levels.title(level)}\nyou are at its start; what you had is on the branch {kept}")
    for other in others:
        print(f"what {MAIN} had is on the branch {other}")
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


def reset(found: Repository, memo: Memory, level: int) -> list[str]:
    """Commit what there is, keep it on a branch, and commit the level's files in its place.

    Returns the branches that were made; the second one keeps what only the branch main had.
    """
    put_an_end_to(found)
    found.commit("What I had before the reset")
    kept = [found.keep_on_branch("before-reset", "HEAD")]
    if not found.branch():  # nowhere, after a checkout of a commit
        main = f"refs/heads/{MAIN}"
        if found.has_commit(main) and not found.is_ancestor(main):
            kept.append(found.keep_on_branch("before-reset", main))
        found.run(*repository.OURS, "switch", "--quiet", "--force-create", MAIN)
    before = found.head()
    content = levels.content(level)
    for path in found.tracked() - content.keys():
        taking.remove(found, path)
    start.write(found.folder, content)
    commit = found.commit(f"Begin again at {levels.title(level)}")
    memo.steps.append(start.step(found, commit, level) | {"before": before})
    memo.pending = memo.exercise = memo.finding = None
    memory.write(found, memo)
    return kept


def put_an_end_to(found: Repository) -> None:
    """End what was begun with git and is not finished; its files are kept by the commit."""
    git_folder = found.store.parent
    (git_folder / "index.lock").unlink(missing_ok=True)
    for begun in ("rebase", "cherry-pick", "revert", "am"):
        found.git(begun, "--quit")
    (git_folder / "MERGE_HEAD").unlink(missing_ok=True)
