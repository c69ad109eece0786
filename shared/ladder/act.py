"""Run a level's own workflow on this machine, without GitHub, Docker or network."""

import argparse
import contextlib
import subprocess
import tempfile
import time
from collections.abc import Iterator
from collections.abc import Sequence
from pathlib import Path

from ladder import approval
from ladder import dispatch
from ladder import family
from ladder import following
from ladder import step_shell
from ladder import workflows
from ladder.child import PATIENCE
from ladder.child import end
from ladder.child import ignored_interrupts
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import RUNS
from ladder.places import level_environment
from ladder.stage import Stage
from ladder.story import Story
from ladder.workflows import Workflow

EXAMPLES = """
examples:
  ladder act 1 push                                                test and deploy the application
  ladder act 2 workflow_dispatch --input today=2013-03-01          train and register a model
  ladder act 3 workflow_dispatch --workflow training.yml --input today=2013-03-01
                                                                   certify and release it, too
  ladder act 4 workflow_dispatch --workflow monitoring.yml --input today=2013-03-11
                                                                   take a turn of the loop

The state is kept in runs/act/. For a model at Level 4, follow its README up to `monitor` before,
with `ladder shell 4 --runs runs/act/level4_full/state`.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog, parser.formatter_class = EXAMPLES, argparse.RawDescriptionHelpFormatter
    parser.add_argument("level", type=int, metavar="LEVEL", help="1 to 4")
    parser.add_argument(
        "event", help="such as push, schedule, workflow_dispatch or repository_dispatch"
    )
    parser.add_argument(
        "--workflow", metavar="FILE", help="only this one of the workflows that run on the event"
    )
    parser.add_argument(
        "--input",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="what a workflow_dispatch or a repository_dispatch hands over; may be repeated",
    )
    answer = parser.add_mutually_exclusive_group()
    answer.add_argument(
        "--approve",
        action="store_const",
        const=True,
        dest="answer",
        help="approve without being asked",
    )
    answer.add_argument(
        "--deny", action="store_const", const=False, dest="answer", help="deny without being asked"
    )
    parser.add_argument("--verbose", action="store_true", help="print the whole output of act")


def main(arguments: argparse.Namespace) -> int:
    level = LEVELS.get(arguments.level)
    if not level or not has_workflows(level):
        numbers = [f"{number}" for number, folder in LEVELS.items() if has_workflows(folder)]
        raise LadderError(
            f"level {arguments.level} has no workflows; these have: {', '.join(numbers) or 'none'}"
        )
    stage = Stage(level, RUNS / "act" / level.name, level_environment(arguments.level))
    return play(
        stage,
        arguments.event,
        asked=arguments.workflow,
        inputs=arguments.input,
        verbose=arguments.verbose,
        ask=approval.of_terminal if arguments.answer is None else lambda name: arguments.answer,
    )


def has_workflows(level: Path) -> bool:
    return (level / workflows.FOLDER).is_dir()


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


@contextlib.contextmanager
def performing(stage: Stage, command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """Run act; stop it and the steps that it started when the block ends."""
    # act cannot work in a folder with a space in its name, which the stage may have.
    with tempfile.TemporaryDirectory(prefix="act-", ignore_cleanup_errors=True) as scratch:
        path = step_shell.install(Path(scratch) / "bin", stage.environment["PATH"])
        act = subprocess.Popen(
            command,
            cwd=stage.repo,
            env={**stage.environment, "XDG_CACHE_HOME": scratch, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        try:
            yield act
        finally:
            with ignored_interrupts():
                # Its steps would go on without it, and cannot be found once it has ended.
                steps = family.descendants(act.pid)
                end(act)
                family.end(steps, PATIENCE)
