"""Run a level's own workflow on this machine, without GitHub, Docker or network."""

import argparse
from pathlib import Path

from ladder import approval
from ladder import visit
from ladder import workflows
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import RUNS
from ladder.places import level_environment
from ladder.play import play
from ladder.stage import Stage

EXAMPLES = """
examples:
  ladder act 1 push                                                test and deploy the application
  ladder act 2 workflow_dispatch --input today=2013-03-01          train and register a model
  ladder act 3 workflow_dispatch --workflow training.yml --input today=2013-03-01
                                                                   certify and release it, too
  ladder act 4 workflow_dispatch --workflow monitoring.yml --input today=2013-03-11
                                                                   take a turn of the loop

The simulated day is that of FLIGHTTIME_TODAY or of --input today; else it is 2013-03-01.
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
    # A workflow without a day would take the real one, and the feed ends with 2013.
    day = visit.own_day(arguments.level)
    environment = {**level_environment(arguments.level), visit.TODAY_SET: day}
    stage = Stage(level, RUNS / "act" / level.name, environment)
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
