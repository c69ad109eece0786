"""The lines in which two versions of a level differ, as git shows them; notebooks as text."""

import json
import re
import tempfile
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from ladder.git import git

HEADER = re.compile(r"diff --git a/(?:old|new)/.* b/(?:old|new)/(.*)")
LEFT_OUT = re.compile(r"(index |--- |\+\+\+ |new file |deleted file |\\ No newline|Binary files )")
HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)")
# Named, so that a person's own settings change nothing; the algorithm is the one of `ladder check`.
OPTIONS = (
    "--no-index",
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",
    "--no-color",
    "--diff-algorithm=myers",
    "--indent-heuristic",
    "--unified=3",
    "--inter-hunk-context=0",
    "--src-prefix=a/",
    "--dst-prefix=b/",
)
SETTINGS = ("core.autocrlf=false", "core.quotePath=no", "diff.suppressBlankEmpty=false")
# What a hunk begins with: the function that it is in.
ATTRIBUTES = "*.py diff=python\n"


Rows = list[tuple[int | None, int | None]]  # numbers of a line before and after


@dataclass(frozen=True)
class Block:
    """Lines of a hunk that all changed or all did not; or the beginning of a hunk."""

    rows: Rows
    is_changed: bool = False
    begins: str | None = None


def differences(before: dict[str, bytes], after: dict[str, bytes]) -> dict[str, list[str]]:
    """The hunks of each file that differs, by its path."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, content in (("old", before), ("new", after)):
            (place / name).mkdir()
            for path, data in content.items():
                if before.get(path) != after.get(path):
                    file = place / name / path
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(readable(path, data))
        (place / "attributes").write_text(ATTRIBUTES, encoding="utf-8")
        settings = [f"core.attributesFile={(place / 'attributes').as_posix()}", *SETTINGS]
        named = [word for setting in settings for word in ("-c", setting)]
        output = git(place, *named, "diff", *OPTIONS, "old", "new").stdout
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    in_hunk = False
    for line in output.decode(errors="replace").split("\n"):
        if header := HEADER.fullmatch(line):
            lines = found.setdefault(header[1], [])
            in_hunk = False
        elif line and (in_hunk or not LEFT_OUT.match(line)):
            in_hunk = True
            if not line.startswith("\\"):
                lines.append(line)
    return found


def readable(path: str, content: bytes) -> bytes:
    """A file for reading: a notebook is its cells, without outputs."""
    if not path.endswith(".ipynb"):
        return content
    try:
        cells = json.loads(content)["cells"]
    except (ValueError, KeyError):
        return content
    shown = [f"[{cell['cell_type']}]\n{''.join(cell['source'])}\n" for cell in cells]
    return "\n".join(shown).encode()


def blocks(lines: Iterable[str]) -> Iterator[Block]:
    """The lines of git's hunks in blocks; removed lines are beside the added ones after them."""
    old = new = 0
    same: Rows = []
    removed: list[int] = []
    added: list[int] = []
    for line in [*lines, "@"]:
        if same and line[0] != " ":
            yield Block(same)
            same = []
        if (removed or added) and line[0] in " @":
            yield Block([*zip_longest(removed, added)], is_changed=True)
            removed, added = [], []
        if header := HUNK.match(line):
            old, new = int(header[1]), int(header[2])
            if old > 1:
                yield Block([], begins=header[3])
        elif line[0] == "-":
            removed.append(old)
        elif line[0] == "+":
            added.append(new)
        elif line[0] == " ":
            same.append((old, new))
        if not header:
            old += line[0] in " -"
            new += line[0] in " +"
