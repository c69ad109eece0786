"""Merge one file of the next level with an attendee's own edits of it, three-way."""

import re
import tempfile
from pathlib import Path
from typing import NamedTuple

from ladder.git import git

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
    merged, conflicts = merge_text(base or b"", yours, theirs, name)
    if merged is None:
        return Merged(theirs, "taken; yours is kept beside it", aside=yours)
    if conflicts:
        return Merged(merged, "CONFLICT with your edits", conflicts)
    return Merged(merged, "merged with your edits")


def merge_text(base: bytes, yours: bytes, theirs: bytes, name: str) -> tuple[bytes | None, int]:
    """The merged text and its number of conflicts; None where git cannot merge it."""
    with tempfile.TemporaryDirectory() as folder:
        sides = [Path(folder, side) for side in ("yours", "base", "theirs")]
        for side, content in zip(sides, (yours, base, theirs), strict=True):
            side.write_bytes(content)
        labels = ("-L", "yours", "-L", "before", "-L", name)
        done = git(Path(folder), "merge-file", "-p", *labels, *map(str, sides))
    return (done.stdout, done.returncode) if done.returncode < 128 else (None, 0)


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
