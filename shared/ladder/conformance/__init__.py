"""The maturity model as a conformance suite: each statement is a check that runs a project.

from ladder import conformance

for result in conformance.judge(folder, ["data.1", "data.2"]):
    print(result.id, result.passed, result.found)
"""

from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path

from ladder.conformance import checks as checks
from ladder.conformance import judging
from ladder.conformance import model
from ladder.conformance import starter
from ladder.conformance.findings import CHECKS
from ladder.conformance.findings import Result as Result
from ladder.conformance.model import Statement as Statement
from ladder.errors import LadderError


def statements() -> list[Statement]:
    """Every statement of the model, row by row, from Level 0 to Level 4."""
    return model.read(checks=CHECKS)


def judge(folder: Path, ids: Iterable[str]) -> Iterator[Result]:
    """How a project does on statements, each result as soon as it is there.

    `folder` is a level or an attendee's own repository; it is only read, and works in a copy.
    Statements that no check can show (people, not observable) give no result. Raises LadderError
    for an id that does not exist.
    """
    known = {statement.id: statement for statement in statements()}
    wanted = [*ids]
    if unknown := [name for name in wanted if name not in known]:
        raise LadderError(f"there is no statement {unknown[0]!r}: shared/maturity.toml has them")
    with starter.ready() as ready, judging.opened(folder, ready) as project:
        yield from judging.judge(project, (known[name] for name in wanted))
