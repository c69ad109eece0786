"""What still hurts at a level, as its README says it, for the page of the level above."""

import posixpath
import re

from ladder.climbing import levels
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.readmes import template

TITLE = "What still hurts"
LINK = re.compile(r"\]\((?![a-z]+:|#)([^)]+)\)")


def at(level: int) -> str:
    """The section of the level's README; raises LadderError if it has none, or an empty one."""
    readme = levels.content(level).get("README.md", b"").decode()
    section = template.section(readme, TITLE)
    if not section:
        raise LadderError(
            f"{LEVELS[level].name}/README.md: has no section '## {TITLE}', which the next "
            "level's CHANGES.md begins with: write it"
        )
    return section


def from_above(level: int) -> str:
    """The same with its links as they are in the folder of the next level."""
    folder = f"../{LEVELS[level].name}"
    return LINK.sub(lambda link: f"]({posixpath.normpath(f'{folder}/{link[1]}')})", at(level))
