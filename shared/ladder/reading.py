"""How many minutes a person reads at a level: an estimate from its code, its tests and its text."""

import math
import re

# Assumptions, not measurements: code to be understood is read at ten lines a minute, and prose in
# a foreign language at 150 words a minute. Blank lines and imports take no time of their own.
CODE_LINES_A_MINUTE = 10
WORDS_A_MINUTE = 150

NOT_READ = re.compile(r"\s*$|import |from \S+ import ")


def minutes(code_lines: int, words: int) -> int:
    """The whole minutes, rounded up, for lines of code and words of prose."""
    return math.ceil(code_lines / CODE_LINES_A_MINUTE + words / WORDS_A_MINUTE)


def code_lines(content: bytes) -> int:
    """The lines of a Python file that are neither blank nor an import."""
    return sum(not NOT_READ.match(line) for line in content.decode().splitlines())


def words(content: bytes) -> int:
    """The words of a text, its commands included."""
    return len(content.split())
