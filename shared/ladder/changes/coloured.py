"""Code as lines of HTML: its syntax in colours, and in a changed line the words that changed."""

import difflib
import re
from collections.abc import Iterator
from html import escape

from pygments.lexers import get_lexer_by_name
from pygments.token import Comment
from pygments.token import Keyword
from pygments.token import Name
from pygments.token import Number
from pygments.token import Operator
from pygments.token import String
from pygments.token import _TokenType

from ladder.changes import languages

CLASSES = {
    Comment: "c",
    String: "s",
    Number: "n",
    Operator.Word: "k",
    Keyword: "k",
    Name.Function: "f",
    Name.Class: "f",
    Name.Decorator: "f",
    Name.Tag: "f",
    Name.Builtin: "b",
}
WORD = re.compile(r"\w+|\s+|.")
ALIKE = 0.6  # two lines less alike than this are different lines, not a changed one

Token = tuple[str, str]  # the class, and the text
Span = tuple[int, int]  # the first character that changed, and the one after the last


def lines(path: str, text: str) -> list[list[Token]]:
    """The lines of a file, each as tokens with the class that colours them."""
    name = languages.of(path)
    if name is None:
        return [[("", line)] for line in text.split("\n")]
    found: list[list[Token]] = [[]]
    for kind, value in get_lexer_by_name(name, stripnl=False, ensurenl=False).get_tokens(text):
        for number, part in enumerate(value.split("\n")):
            if number:
                found.append([])
            if part:
                found[-1].append((class_of(kind), part))
    return found


def class_of(kind: _TokenType) -> str:
    return next((name for family, name in CLASSES.items() if kind in family), "")


def html(tokens: list[Token], changed: list[Span] | None = None) -> str:
    """A line; the characters of the spans that changed are marked."""
    start, shown = 0, ""
    for name, text in tokens:
        for part, marked in cut(text, start, changed or []):
            inner = f"<mark>{escape(part)}</mark>" if marked else escape(part)
            shown += f'<span class="{name}">{inner}</span>' if name else inner
        start += len(text)
    return shown


def cut(text: str, start: int, spans: list[Span]) -> Iterator[tuple[str, bool]]:
    """The parts of a token that lie in a span, and those between."""
    edges = {0, len(text)}
    for first, last in spans:
        edges |= {min(max(edge - start, 0), len(text)) for edge in (first, last)}
    places = sorted(edges)
    for one, other in zip(places, places[1:], strict=False):
        yield text[one:other], any(first <= start + one < last for first, last in spans)


def changed(old: str, new: str) -> tuple[list[Span], list[Span]]:
    """The spans that differ between two versions of a line; none if it has little in common."""
    before, after = WORD.findall(old), WORD.findall(new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < ALIKE:
        return [], []
    parts = [one for one in matcher.get_opcodes() if one[0] != "equal"]
    return (
        merged(old, [(length(before[: one[1]]), length(before[: one[2]])) for one in parts]),
        merged(new, [(length(after[: one[3]]), length(after[: one[4]])) for one in parts]),
    )


def merged(line: str, spans: list[Span]) -> list[Span]:
    """The spans that hold a character; two with only blanks between them become one."""
    found: list[Span] = []
    for first, last in spans:
        if found and not line[found[-1][1] : first].strip():
            found[-1] = (found[-1][0], last)
        elif first < last:
            found.append((first, last))
    return found


def length(words: list[str]) -> int:
    return sum(map(len, words))
