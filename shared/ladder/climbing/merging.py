"""Merge one file of the next level with an attendee's own edits of it, three-way."""

import re
from typing import NamedTuple

from ladder.git import three_way

SIDES = re.compile(
    r"^<{7} yours\r?\n(?P<yours>.*?)^={7}\r?\n(?P<theirs>.*?)^>{7} (?P<name>.*?)\r?$",
    re.MULTILINE | re.DOTALL,
)


class Merged(NamedTuple):
    """What a file becomes: its content, words that say what was done, and open conflicts.

    `aside` is the attendee's version where no merge is possible: it is kept beside the new one.
    """

    content: bytes
    note: str
    conflicts: int = 0
    aside: bytes | None = None


def merge(
    path: str, base: bytes | None, yours: bytes | None, theirs: bytes, name: str
) -> Merged | None:
    """`base` is the file that the attendee began with; None where there is nothing to do."""
    if yours == theirs:
        return None
    if yours is None:
        return Merged(theirs, "new" if base is None else "is back: this level needs it")
    if base is not None and b"\r\n" in yours and b"\r\n" not in base:
        yours = yours.replace(b"\r\n", b"\n")  # an editor's line ends are no edit
    if yours == base:
        return Merged(theirs, "taken")
    if base == theirs:
        return None
    if path.endswith(".ipynb"):
        return Merged(theirs, "taken; yours is kept beside it", aside=yours)
    merged, conflicts = three_way(yours, base or b"", theirs, ("yours", "before", name))
    if merged is None:
        return Merged(theirs, "taken; yours is kept beside it", aside=yours)
    if conflicts:
        return Merged(merged, "CONFLICT with your edits", conflicts)
    return Merged(merged, "merged with your edits")


class Conflict(NamedTuple):
    """One place where both sides changed the same lines."""

    line: int
    yours: str
    theirs: str
    name: str


def conflicts(content: bytes) -> list[Conflict]:
    text = content.decode(errors="replace")
    return [
        Conflict(
            text.count("\n", 0, found.start()) + 1, found["yours"], found["theirs"], found["name"]
        )
        for found in SIDES.finditer(text)
    ]


def is_open(content: bytes) -> bool:
    """Whether one of our three markers is left in a file, even alone."""
    return bool(re.search(rb"^(<{7} yours|>{7} Level \d)\r?$", content, re.MULTILINE))
