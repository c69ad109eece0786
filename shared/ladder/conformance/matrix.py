"""Every statement on every level: what was expected, what was measured, and what surprises."""

from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ladder.conformance import judging
from ladder.conformance import starter
from ladder.conformance.findings import Result
from ladder.conformance.model import LEVELS
from ladder.conformance.model import STATUSES
from ladder.conformance.model import Statement
from ladder.conformance.starter import Starter
from ladder.places import LEVELS as FOLDERS

# The longest first, so that both ends come together.
ORDER = (4, 3, 2, 1, 0)
TOGETHER = 2


@dataclass(frozen=True)
class Cell:
    """A statement on a level: whether it should hold there, and how it did."""

    statement: Statement
    level: int
    result: Result

    @property
    def expected(self) -> bool:
        return self.level in self.statement.holds_at

    @property
    def surprises(self) -> bool:
        """Also where the check itself failed: then nothing was measured."""
        return self.result.passed is not self.expected


@dataclass(frozen=True)
class Matrix:
    """All cells, by the statement's id and the level."""

    statements: list[Statement]
    cells: dict[tuple[str, int], Cell]

    @property
    def surprises(self) -> list[Cell]:
        return [cell for cell in self.cells.values() if cell.surprises]

    @property
    def coverage(self) -> dict[str, int]:
        """How many statements have each status."""
        counted = Counter(statement.status for statement in self.statements)
        return {status: counted[status] for status in STATUSES}


def measure(
    statements: list[Statement],
    levels: Iterable[int] = LEVELS,
    tell: Callable[[Cell], None] = lambda cell: None,
) -> Matrix:
    """Run every check on every level; what equals a level below is measured once."""
    asked = [statement for statement in statements if statement.runs and not statement.same_as]
    chosen = [level for level in ORDER if level in set(levels)]
    with starter.ready() as ready, ThreadPoolExecutor(TOGETHER) as pool:
        found = [*pool.map(lambda level: on_level(asked, level, ready, tell), chosen)]
    measured = {(cell.statement.id, cell.level): cell.result for cells in found for cell in cells}
    cells = {
        (one.id, level): Cell(one, level, measured[one.same_as or one.id, level])
        for one in statements
        for level in sorted(chosen)
        if one.runs
    }
    return Matrix(statements, cells)


def on_level(
    statements: list[Statement], level: int, ready: Starter, tell: Callable[[Cell], None]
) -> list[Cell]:
    found = []
    by_id = {statement.id: statement for statement in statements}
    with judging.opened(FOLDERS[level], ready) as project:
        for result in judging.judge(project, statements):
            cell = Cell(by_id[result.id], level, result)
            tell(cell)
            found.append(cell)
    return found
