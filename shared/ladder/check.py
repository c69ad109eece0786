"""`ladder check`: where a climb stands; or what each level adds, as declared and in its limits."""

import argparse
import importlib
from pathlib import Path

from ladder import copies
from ladder import drift
from ladder import limits
from ladder import reasons
from ladder.changes import publish
from ladder.climbing import check as of_climb
from ladder.climbing import repository
from ladder.copies import Edit
from ladder.copies import Step
from ladder.errors import LadderError
from ladder.lock import LOCK
from ladder.places import GROUNDCREW
from ladder.places import LEVELS
from ladder.readmes import check as readmes
from ladder.reasons import Reasons


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="the repository of a climb (default: the one that you are in; else the levels)",
    )
    parser.add_argument("--watch", action="store_true", help="look again when a file changes")
    parser.add_argument(
        "--matrix",
        action="store_true",
        help="run each level's own commands for every statement of the maturity model",
    )
    parser.add_argument(
        "--publish",
        action="store_true",
        help="with --matrix: write the README's table and the picture in shared/year",
    )


def main(arguments: argparse.Namespace) -> int:
    if arguments.publish and not arguments.matrix:
        raise LadderError("--publish writes what --matrix measures: give both")
    if arguments.matrix:
        # Late: it takes what the levels take.
        return importlib.import_module("ladder.conformance.show").main([*LEVELS], arguments.publish)
    if arguments.folder:
        return of_climb.main(repository.require(arguments.folder.absolute()), watch=arguments.watch)
    if climb := repository.find(Path.cwd()):
        return of_climb.main(climb, watch=arguments.watch)
    if arguments.watch:
        repository.require(Path.cwd())
    declared = reasons.read()
    print(describe_start(declared), end="\n\n")
    for step in copies.compare(LEVELS, declared):
        print(describe(step, declared), end="\n\n")
    found = drift.findings(LEVELS, declared, GROUNDCREW) + readmes.findings(LEVELS)
    return verdict(found + publish.findings())


def verdict(found: list[str]) -> int:
    """Print the findings, or that there are none; returns the exit code."""
    for finding in found:
        print(f"- {finding}")
    print(f"{len(found)} to put right" if found else "no drift")
    return 1 if found else 0


def describe_start(declared: Reasons) -> str:
    """The sizes of the level where copies start, which is read whole, beside their limits."""
    level = LEVELS[declared.start]
    measured = limits.sizes(copies.files(level), None)
    return "\n".join([f"{level.name}:", *_sizes(measured, declared.limits[declared.start])])


def describe(step: Step, declared: Reasons) -> str:
    """A step as text: its idea, its sizes beside their limits, and each file with its reason."""
    return "\n".join(
        [
            f"{step.lower.name} -> {step.upper.name}: {declared.ideas.get(step.number, '')}",
            *_sizes(
                limits.sizes(copies.files(step.upper), step),
                declared.limits.get(step.number, {}),
            ),
            f"  {len(step.identical)} identical",
            f"  {len(step.changed)} changed",
            *(_line(edit, f"+{edit.inserted} -{edit.deleted}") for edit in step.changed),
            f"  {len(step.added)} added",
            *(_line(edit, f"+{edit.inserted}") for edit in step.added),
        ]
    )


def _sizes(measured: dict[str, int], limit: dict[str, int]) -> list[str]:
    return [
        f"  {measured[name]:>4} of {limit[name]:>4} {counted}"
        for name, (counted, _) in limits.COUNTED.items()
        if name in limit
    ]


def _line(edit: Edit, size: str) -> str:
    size = "generated" if edit.path == LOCK else size
    why = f"{edit.reason.why} [{edit.reason.row}]" if edit.reason else "not declared"
    return f"    {edit.path:<34} {size:>10}  {why}"
