"""The instructors' texts: what stands between their markers is made by a command."""

import re
from pathlib import Path

from ladder.errors import LadderError
from ladder.teaching import FOLDER
from ladder.teaching import RUN_SHEET
from ladder.teaching import tables

BETWEEN = re.compile(
    r"(<!-- (?P<name>[\w -]+?): made by `ladder teach publish` -->\n)(?P<text>.*?)(<!-- end -->)",
    re.DOTALL,
)


def texts() -> list[Path]:
    return [RUN_SHEET, *sorted(FOLDER.glob("*.md"))]


def renewed(text: str) -> str:
    """The text with all that is made by a command made again."""
    return BETWEEN.sub(lambda found: f"{found[1]}{made(found['name'])}\n{found[4]}", text)


def made(name: str) -> str:
    try:
        return tables.made(name)
    except (KeyError, ValueError, IndexError) as problem:
        raise LadderError(f"nothing makes what the markers {name!r} ask for: {problem!r}") from None


def stale() -> list[Path]:
    """The texts that are not what the command would write."""
    return [path for path in texts() if renewed(content := _read(path)) != content]


def publish() -> list[Path]:
    """Write the texts that are stale; returns them."""
    found = stale()
    for path in found:
        path.write_text(renewed(_read(path)), encoding="utf-8", newline="\n")
    return found


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
