"""The two versions of a file side by side, as a table of HTML."""

from html import escape

from ladder.changes import coloured
from ladder.changes import hunks
from ladder.changes.became import Pair
from ladder.changes.change import Change
from ladder.changes.coloured import Token
from ladder.changes.hunks import Block
from ladder.changes.hunks import blocks
from ladder.changes.parts import Part


def table(change: Change, heads: tuple[str, str]) -> str:
    """The hunks of a file; one that has a single version is shown whole."""
    if change.is_new or change.is_gone:
        return whole(change)
    old, new = (lines(change.path, data or b"") for data in (change.before, change.after))
    return framed(heads, "".join(body(block, old, new) for block in blocks(change.lines)))


def lines(path: str, data: bytes) -> list[list[Token]]:
    return coloured.lines(path, hunks.readable(path, data).decode(errors="replace"))


def framed(heads: tuple[str, str], bodies: str) -> str:
    head = "".join(f"<th scope='col'>{name}</th>" for name in heads)
    return f"<table class='sides'><thead><tr>{head}</tr></thead>{bodies}</table>"


def whole(change: Change) -> str:
    kind = "old" if change.is_gone else "new"
    shown = coloured.lines(change.path, change.text.rstrip("\n"))
    return f"<table class='whole'><tbody>{numbered(shown, kind)}</tbody></table>"


def numbered(shown: list[list[Token]], kind: str) -> str:
    return "".join(
        f"<tr><td class='{kind}' data-n='{number}'>{coloured.html(line)}</td></tr>"
        for number, line in enumerate(shown, start=1)
    )


def body(block: Block, old: list[list[Token]], new: list[list[Token]]) -> str:
    if block.begins is not None:
        inside = f"⋯ {escape(block.begins)}"
        return f"<tbody class='between'><tr><td colspan='2'>{inside}</td></tr></tbody>"
    if not block.is_changed:
        rows = (cell("old", before, old) + cell("new", after, new) for before, after in block.rows)
        return f"<tbody class='same'><tr>{'</tr><tr>'.join(rows)}</tr></tbody>"
    rows = (changed(before, after, old, new) for before, after in block.rows)
    return f"<tbody class='changed'><tr>{'</tr><tr>'.join(rows)}</tr></tbody>"


def changed(
    before: int | None, after: int | None, old: list[list[Token]], new: list[list[Token]]
) -> str:
    """A removed line and an added one; if they are alike, the words that differ are marked."""
    spans: tuple[list, list] = ([], [])
    if before and after:
        spans = coloured.changed(text(old[before - 1]), text(new[after - 1]))
    return cell("old", before, old, "del", spans[0]) + cell("new", after, new, "ins", spans[1])


def cell(
    kind: str,
    number: int | None,
    version: list[list[Token]],
    mark: str = "",
    spans: list[coloured.Span] | None = None,
) -> str:
    if number is None:
        return f"<td class='{kind} none'></td>"
    inner = coloured.html(version[number - 1], spans)
    inner = f"<{mark}>{inner}</{mark}>" if mark else inner
    return f"<td class='{kind}' data-n='{number}'>{inner}</td>"


def text(line: list[Token]) -> str:
    return "".join(part for _, part in line)


def pair(one: Pair, heads: tuple[str, str]) -> str:
    """Cells and functions of the level below, beside the functions that they became."""
    before = "".join(part(each) for each in one.before)
    cells = f"<td class='old'>{before}</td><td class='new'>{part(one.after)}</td>"
    return framed(heads, f"<tbody class='pair'><tr>{cells}</tr></tbody>")


def part(one: Part) -> str:
    code = "\n".join(map(coloured.html, coloured.lines("a.py", one.code)))
    return f"<p>{escape(one.place)}</p><pre>{code}</pre>"
