"""Every statement on every level: what was expected, what was measured, and what surprises."""

from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ladder.conformance import judging
from ladder.conformance.findings import Result
from ladder.conformance.statements import LEVELS
from ladder.conformance.statements import STATUSES
from ladder.conformance.statements import Statement
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

    @property
    def cpu(self) -> float:
        """Seconds of processor time of all commands, each counted once."""
        commands = {
            id(command): command.cpu
            for cell in self.cells.values()
            for command in cell.result.evidence
        }
        return sum(commands.values())


def measure(
    statements: list[Statement],
    levels: Iterable[int] = LEVELS,
    tell: Callable[[Cell], None] = lambda cell: None,
) -> Matrix:
    """Run every check on every level; what equals a level below is measured once."""
    asked = [statement for statement in statements if statement.runs and not statement.same_as]
    with ThreadPoolExecutor(TOGETHER) as pool:
        chosen = [level for level in ORDER if level in set(levels)]
        found = [
            cell for cells in pool.map(lambda n: on_level(asked, n, tell), chosen) for cell in cells
        ]
    measured = {(cell.statement.id, cell.level): cell for cell in found}
    cells = {
        (statement.id, level): Cell(
            statement, level, measured[statement.same_as or statement.id, level].result
        )
        for statement in statements
        for level in sorted(chosen)
        if statement.runs
    }
    return Matrix(statements, cells)


def on_level(statements: list[Statement], level: int, tell: Callable[[Cell], None]) -> list[Cell]:
    found = []
    by_id = {statement.id: statement for statement in statements}
    with judging.opened(FOLDERS[level]) as project:
        for result in judging.judge(project, statements):
            cell = Cell(by_id[result.id], level, result)
            tell(cell)
            found.append(cell)
    return found
