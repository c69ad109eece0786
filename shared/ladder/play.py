"""Play workflows with act, on a copy of the level; print a line for each step, or all of it."""

import time
from collections.abc import Sequence

from ladder import approval
from ladder import dispatch
from ladder import following
from ladder import workflows
from ladder.act_process import performing
from ladder.errors import LadderError
from ladder.stage import Stage
from ladder.story import Story
from ladder.workflows import Workflow


def play(
    stage: Stage,
    event: str,
    *,
    asked: str | None = None,
    inputs: Sequence[str] = (),
    verbose: bool = False,
    ask: approval.Ask = approval.of_terminal,
) -> int:
    """Run the workflows that an event starts, on a new copy of the level; returns the exit code.

    `ask` gives the answer where GitHub would wait for an approval.
    """
    chosen = workflows.choose(workflows.read_all(stage.level), event, asked)
    # Refuse what cannot be reproduced before anything starts.
    stage.command(event, chosen)
    stage.prepare(dispatch.payload(chosen, event, inputs))
    print(
        f"{stage.level.name}, {event}: {', '.join(workflow.path.name for workflow in chosen)}\n"
        f"what it makes goes to {stage.state}; Ctrl-C stops it",
        flush=True,
    )
    with following.application(stage, chosen) as address:
        if address:
            print(following.production_state(address), flush=True)
        code = perform(stage, event, chosen, ask, verbose=verbose)
        if address:
            print(following.production_state(address), flush=True)
    return code


def perform(
    stage: Stage, event: str, chosen: list[Workflow], ask: approval.Ask, *, verbose: bool
) -> int:
    command = stage.command(event, chosen)
    if verbose:
        return print_all(stage, command, ask)
    started = time.monotonic()
    story = print_story(stage, [*command, "--json"], ask)
    for job, names in workflows.jobs(chosen).items():
        if not names & story.jobs:
            print(f"{job}\n  not run")
    story.close()
    print(
        f"{story.verdict()} in {time.monotonic() - started:.0f} s; "
        f"what it made is in {stage.state}",
        flush=True,
    )
    return story.code


def print_all(stage: Stage, command: list[str], ask: approval.Ask) -> int:
    """Run act and print its whole output; returns its exit code."""
    with performing(stage, command) as act:
        assert act.stdout
        for line in act.stdout:
            print(line, end="", flush=True)
            _, marked, name = line.partition(approval.WAITING)
            approval.answer(marked + name, stage.approvals, ask)
        return act.wait()


def print_story(stage: Stage, command: list[str], ask: approval.Ask) -> Story:
    """Run act and print one line a step; raises LadderError where no workflow ran."""
    story = Story(
        lambda line: print(line, flush=True),
        lambda line: approval.answer(line, stage.approvals, ask),
    )
    with performing(stage, command) as act:
        assert act.stdout
        for line in act.stdout:
            story.add(line)
        story.code = act.wait()
    if story.code and not story.failed:
        raise LadderError(
            f"act did not run the workflow: {' '.join(story.rest) or f'exit code {story.code}'}"
        )
    return story
