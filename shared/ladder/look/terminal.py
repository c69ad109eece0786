"""Colours in the terminal: what is of a level stands on the level's colour, as on the pages.

A ground with its own ink is legible on a dark terminal and on a light one.
"""

import os
import sys

from ladder.look.palette import LEVELS
from ladder.look.palette import OUTCOMES

INK = "#ffffff"
TRUE_COLOUR = ("truecolor", "24bit")
# Of the 256 colours, those of the cube begin at 16, and are these steps of red, green and blue.
CUBE = (0, 95, 135, 175, 215, 255)


def is_coloured() -> bool:
    """Whether standard output is a terminal that shows colours, and nothing forbids them."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    # The old console of Windows prints the codes; newer terminals there set these.
    modern = os.name != "nt" or "WT_SESSION" in os.environ or "TERM" in os.environ
    return modern and sys.stdout.isatty()


def of_level(level: int, words: str) -> str:
    """The words on the colour of a level; as they are where there are no colours."""
    return painted(words, LEVELS[level][0], INK)


def of_outcome(outcome: str, words: str) -> str:
    """The words on the colour of how a bad day ended."""
    fill, ink = OUTCOMES[outcome]
    return painted(words, fill[0], ink[0])


def painted(words: str, ground: str, ink: str) -> str:
    if not is_coloured():
        return words
    return f"\x1b[48;{code(ground)};38;{code(ink)}m{words}\x1b[0m"


def code(colour: str) -> str:
    """A colour as the terminal takes it: exactly, or the nearest of its 256."""
    parts = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    if os.environ.get("COLORTERM") in TRUE_COLOUR:
        return f"2;{';'.join(map(str, parts))}"
    red, green, blue = (nearest(part) for part in parts)
    return f"5;{16 + 36 * red + 6 * green + blue}"


def nearest(part: int) -> int:
    return min(range(len(CUBE)), key=lambda step: abs(CUBE[step] - part))
