"""Print the matrix: a line a statement, a column a level, and what surprises below it."""

from ladder.conformance.matrix import Cell
from ladder.conformance.matrix import Matrix
from ladder.look import terminal as look

MARKS = {True: "●", False: "·", None: "!"}
WIDTH = 34
LEGEND = "● holds   · does not hold   ! the check failed   ? not as expected"


def text(matrix: Matrix) -> str:
    """The staircase, the coverage, and each surprise with its evidence."""
    levels = sorted({level for _, level in matrix.cells})
    heads = (f"   {look.of_level(level, f'L{level}')}" for level in levels)
    head = " " * WIDTH + "".join(heads)
    lines = [head]
    row = ""
    for statement in matrix.statements:
        if statement.row != row:
            row = statement.row
            lines.append(row)
        if statement.same_as:
            continue
        cells = [matrix.cells.get((statement.id, level)) for level in levels]
        marks = "".join(f"{mark(cell):>5}" for cell in cells)
        about = statement.status if cells[0] is None else statement.check
        lines.append(f"  {statement.level}  {about:<{WIDTH - 5}.{WIDTH - 5}}" + marks.rstrip())
    return "\n".join([*lines, "", LEGEND, coverage(matrix), *map(surprise, matrix.surprises)])


def mark(cell: Cell | None) -> str:
    if cell is None:
        return ""
    return MARKS[cell.result.passed] + ("?" if cell.surprises else "")


def coverage(matrix: Matrix) -> str:
    counted = ", ".join(f"{number} {status}" for status, number in matrix.coverage.items())
    return f"{len(matrix.statements)} statements: {counted}"


def surprise(cell: Cell) -> str:
    wanted = "hold" if cell.expected else "not hold"
    return (
        f"- Level {cell.level}, {cell.statement.id}: should {wanted}: {cell.statement.says}\n"
        f"  found: {cell.result.found}\n  decided by {cell.result.decided_by}"
    )
