"""The matrix with all of its evidence as one page, without network or scripts."""

from html import escape
from pathlib import Path
from string import Template

from ladder.conformance.matrix import Cell
from ladder.conformance.matrix import Matrix
from ladder.conformance.model import LEVELS
from ladder.conformance.model import Statement
from ladder.conformance.starter import Command
from ladder.look.page import head
from ladder.places import ROOT

HERE = Path(__file__).parent
TITLE = "What each level can prove"
MAX_OUTPUT = 4000  # characters of one command


def page(matrix: Matrix) -> str:
    """The whole page; every text of a command is escaped."""
    return Template((HERE / "page.html").read_text(encoding="utf-8")).substitute(
        head=head(TITLE, HERE / "page.css"),
        title=TITLE,
        standfirst=standfirst(matrix),
        surprises=surprises(matrix),
        rows="".join(row(matrix, name) for name in dict.fromkeys(s.row for s in matrix.statements)),
    )


def standfirst(matrix: Matrix) -> str:
    counted = matrix.coverage
    return (
        f"{len(matrix.statements)} statements of five levels. {counted['executable']} are proven "
        f"by running a level's own commands, {counted['settings']} by what GitHub enforces; "
        f"{counted['people']} are about people, {counted['not observable']} cannot be observed. "
        "Every one that can be run was run on all five levels: it must hold on its own level and "
        "above, and fail below."
    )


def surprises(matrix: Matrix) -> str:
    if not matrix.surprises:
        return "<p class='proof'>Every cell is as it was expected.</p>"
    names = ", ".join(f"{cell.statement.id} on Level {cell.level}" for cell in matrix.surprises)
    return f"<p class='warning'>Not as expected: {escape(names)}.</p>"


def row(matrix: Matrix, name: str) -> str:
    own = [statement for statement in matrix.statements if statement.row == name]
    source = "current edition" if own[0].source == "edition" else "first edition"
    said = "".join(entry(matrix, statement) for statement in own)
    return f"<h3>{escape(name)} <small>{source}</small></h3>{said}"


def entry(matrix: Matrix, statement: Statement) -> str:
    level = f"<span class='level'>{statement.level}</span>"
    if statement.same_as:
        return f"<div class='said'><span>{level}the same as {statement.same_as}</span></div>"
    if not statement.runs:
        said = f"{escape(statement.says)} <i>{statement.status}: {escape(statement.reason)}</i>"
        return f"<div class='said'><span>{level}{said}</span></div>"
    cells = [matrix.cells[statement.id, number] for number in LEVELS]
    line = f"<span>{level}{escape(statement.says)}</span>{''.join(map(mark, cells))}"
    return (
        f"<details><summary class='cells'>{line}</summary>{about(statement)}"
        f"{''.join(map(evidence, cells))}{decided(cells[0])}</details>"
    )


def mark(cell: Cell) -> str:
    holds = {True: "", False: " no", None: " no odd"}[cell.result.passed]
    odd = " odd" if cell.surprises else ""
    label = "holds" if cell.result.passed else "does not hold"
    return (
        f"<span class='mark{holds}{odd} s-l{cell.level}' role='img' "
        f"aria-label='Level {cell.level}: {label}'><i></i></span>"
    )


def about(statement: Statement) -> str:
    pairs = {
        "why": statement.why,
        "looks at": statement.looks_at,
        "to pass it": statement.remedy,
        "costs": statement.cost,
        "answered by": statement.module,
        "not as usual": statement.because,
    }
    listed = (f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in pairs.items() if text)
    return f"<dl>{''.join(listed)}</dl>"


def evidence(cell: Cell) -> str:
    said = {True: "holds", False: "does not hold", None: "the check failed"}[cell.result.passed]
    commands = "".join(map(command, cell.result.evidence))
    count = len(cell.result.evidence)
    shown = f"<details><summary>{count} command{'s' * (count != 1)}, {cell.result.seconds:.1f} s"
    return (
        f"<div class='cell'><h4 class='s-l{cell.level}'>Level {cell.level}: {said}</h4>"
        f"<p>{escape(cell.result.found)}</p>{shown}</summary>{commands}</details></div>"
    )


def command(one: Command) -> str:
    output = one.output.strip()
    if len(output) > MAX_OUTPUT:
        output = f"{output[: MAX_OUTPUT // 2]}\n…\n{output[-MAX_OUTPUT // 2 :]}"
    end = f"exit code {one.code}, {one.seconds:.1f} s"
    return f"<pre><b>{escape(one.line)}</b>\n{escape(output)}\n<i>{end}</i></pre>"


def decided(cell: Cell) -> str:
    """The lines of code that decided, as they are now."""
    place = cell.result.decided_by
    path, _, span = place.rpartition(":")
    first, last = map(int, span.split("-"))
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()[first - 1 : last]
    code = escape("\n".join(lines))
    return f"<details><summary>decided by {escape(place)}</summary><pre>{code}</pre></details>"
