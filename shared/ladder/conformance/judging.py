"""Judge a project: run the checks of some statements, and keep what they found."""

import inspect
import time
import traceback
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ladder.conformance.findings import CHECKS
from ladder.conformance.findings import Check
from ladder.conformance.findings import NotMet
from ladder.conformance.findings import Result
from ladder.conformance.model import Statement
from ladder.conformance.project import Project
from ladder.conformance.starter import Command
from ladder.conformance.starter import Starter
from ladder.errors import LadderError
from ladder.places import ROOT


@contextmanager
def opened(folder: Path, starter: Starter, basis: Project | None = None) -> Iterator[Project]:
    """The project of a folder; its copy and all of its states are gone with the block.

    With a `basis` the folder is a changed copy of it, and is moved instead of copied.
    """
    if not folder.is_dir():
        raise LadderError(f"{folder} is not a folder: name the one that holds your project")
    project = Project(folder, starter, basis)
    try:
        yield project
    finally:
        project.close()


def judge(project: Project, statements: Iterable[Statement]) -> Iterator[Result]:
    """How each statement that can be run does; those with the same check share its run."""
    made: dict[str, tuple] = {}
    asked = [statement for statement in statements if statement.runs]
    project.asked = {statement.check for statement in asked}
    for statement in asked:
        if statement.check not in made:
            made[statement.check] = run(project, CHECKS[statement.check])
        yield result(statement, *made[statement.check])


def run(project: Project, check: Check) -> tuple[bool | None, str, float, list[Command]]:
    """Whether a check passes, what it found, its seconds, and its evidence."""
    evidence: list[Command] = []
    project.evidence = evidence
    started = time.perf_counter()
    try:
        found, passed = check(project), True
    except NotMet as reason:
        found, passed = f"{reason}", False
    except Exception:
        # A mistake in a check is no property of the project: CI fails with the traceback.
        found, passed = f"the check itself failed:\n{traceback.format_exc()}", None
    project.tidy()
    return passed, found, time.perf_counter() - started, evidence


def result(
    statement: Statement,
    passed: bool | None,
    found: str,
    seconds: float,
    evidence: list[Command],
) -> Result:
    return Result(
        id=statement.id,
        passed=passed,
        found=found,
        expected=statement.says,
        command=evidence[-1].line if evidence else "",
        seconds=seconds,
        hint=statement.why,
        remedy=statement.remedy,
        module=statement.module,
        decided_by=place(CHECKS[statement.check]),
        evidence=tuple(evidence),
    )


def place(check: Check) -> str:
    """The lines of code that decide, as `path:first-last`."""
    lines, first = inspect.getsourcelines(check)
    path = Path(inspect.getfile(check)).resolve().relative_to(ROOT).as_posix()
    return f"{path}:{first}-{first + len(lines) - 1}"
