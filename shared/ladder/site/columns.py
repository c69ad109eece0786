"""Columns of numbers in the tables of a document, which stand to the right."""

import re
from itertools import pairwise

from markdown_it.token import Token

NUMBER = re.compile(r"\**[-+]?\d[\d,.]*( \(.*\))?\**$")


def align(tokens: list[Token]) -> None:
    """Mark the columns of numbers, which stand to the right, in every table."""
    cells: list[tuple[Token, str]] = []
    for token, content in pairwise([*tokens, tokens[-1]]):
        if token.type in ("table_open", "table_close"):
            align_table(cells)
            cells = []
        if token.type in ("tr_open", "th_open", "td_open"):
            cells.append((token, content.content))


def align_table(cells: list[tuple[Token, str]]) -> None:
    columns: dict[int, list[tuple[Token, str]]] = {}
    column = 0
    for token, text in cells:
        column = 0 if token.type == "tr_open" else column + 1
        if column > 1:
            columns.setdefault(column, []).append((token, text))
    for found in columns.values():
        values = [text for token, text in found if token.type == "td_open" and text]
        if values and all(NUMBER.match(text) for text in values):
            for token, _ in found:
                token.attrs["class"] = "number"
