"""The sections that every level's README has, in this order."""

import re
from pathlib import Path

from ladder.errors import LadderError

PICTURE = "The way of the data"
BREAK_IT = "Break it"
EXERCISES = "Exercises"
BIG_TOOLS = "In the big tools"
SECTIONS = (
    "Walk through it",
    PICTURE,
    "Who does what",
    "Why so",
    BREAK_IT,
    EXERCISES,
    "What still hurts",
    BIG_TOOLS,
    "Where next",
)
ROLES = "| step | data scientist | data engineer | software engineer |"
# Products by the names that people look for; their parts were looked up in November 2026.
TOOLS = "| | Azure ML | SageMaker | Vertex AI | Databricks | Kubernetes |"
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
LONGEST_LINE = 120


def read(level: Path) -> str:
    return (level / "README.md").read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """What stands below a heading; empty where there is no such heading."""
    _, _, rest = text.partition(f"\n## {title}\n")
    return rest.partition("\n## ")[0].strip()


def with_section(text: str, title: str, body: str) -> str:
    """The text with a new section; raises LadderError if it has no such heading."""
    before, heading, rest = text.partition(f"\n## {title}\n")
    if not heading:
        raise LadderError(f"a README has no heading '## {title}': write it where the others do")
    _, following, after = rest.partition("\n## ")
    return f"{before}{heading}\n{body}\n{following}{after}"


def findings(text: str) -> list[str]:
    """Where a README differs from the template."""
    found = []
    if (titles := tuple(HEADING.findall(text))) != SECTIONS:
        found.append(f"has the sections {', '.join(titles)}: write {', '.join(SECTIONS)}")
    found += [
        f"has no table '{header}' in '{title}': write it"
        for title, header in (("Who does what", ROLES), (BIG_TOOLS, TOOLS))
        if header not in section(text, title).splitlines()
    ]
    found += [
        f"line {number} has {len(line)} characters, over the limit of {LONGEST_LINE}: wrap it"
        for number, line in enumerate(text.splitlines(), start=1)
        if len(line) > LONGEST_LINE
    ]
    return found
