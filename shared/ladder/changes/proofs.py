"""What a row of the maturity model says at a level, and the check that proves it."""

import re
from functools import cache
from pathlib import Path

from ladder.conformance import model
from ladder.conformance.model import Statement

CHECKS = Path(model.__file__).parent / "checks"


@cache
def statements() -> dict[tuple[str, int], Statement]:
    return {(one.row, one.level): one for one in model.read()}


def statement(row: str, level: int) -> Statement | None:
    return statements().get((row, level))


@cache
def module_of(check: str) -> Path | None:
    """The module of a check of the maturity model."""
    definition = re.compile(rf"^def {check}\(", re.MULTILINE)
    for file in sorted(CHECKS.glob("*.py")):
        if check and definition.search(file.read_text(encoding="utf-8")):
            return file
    return None
