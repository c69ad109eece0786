"""`ladder climb --undo`: take the last step back."""

from ladder.climbing import levels
from ladder.climbing import repository
from ladder.climbing import say
from ladder.climbing.memory import Memory
from ladder.climbing.repository import Repository
from ladder.errors import LadderError


def main(found: Repository, memo: Memory) -> int:
    """Edits that were made since are kept, as a commit of their own."""
    if memo.pending:
        branch = put_back(found, memo.pending["before"])
        memo.pending = None
        print(f"taken back; what you had is kept on the branch {branch}")
        say.following("check")
        return 0
    memo.require_no_exercise()
    step = memo.step(found)
    if step is memo.steps[0]:
        raise LadderError("no step was taken yet: there is nothing to take back")
    if step.get("before") == step["commit"]:  # the files were so already: no commit was made
        memo.steps = [one for one in memo.steps if one is not step]
    else:
        revert(found, memo, step)
    print(f"taken back: you are at {levels.title(memo.level(found))}")
    say.following("check")
    return 0


def revert(found: Repository, memo: Memory, step: dict) -> None:
    """Revert the commit of a step, and those that a person has made of its conflicts."""
    found.commit("My edits")
    made = f"{step.get('before', step['commit'] + '~1')}..{step['commit']}"
    done = found.git(*repository.OURS, *found.identity(), "revert", "--no-edit", made)
    if done.returncode:
        found.git("revert", "--abort")
        raise LadderError(
            "you have edited what the step brought, so it cannot be taken back alone: "
            f"`ladder reset --level {before_level(memo, step)}` begins that level again, and "
            "keeps what you have"
        )


def put_back(found: Repository, before: str) -> str:
    """Go back to the commit before a step; returns the branch that keeps what there is."""
    found.commit("What the step had made")
    branch = found.keep_on_branch("before-undo", "HEAD")
    found.run("reset", "--quiet", "--hard", before)
    return branch


def before_level(memo: Memory, step: dict) -> int:
    return memo.steps[memo.steps.index(step) - 1]["level"]
