"""Write each level's CHANGES.md, and find the pages that their levels have left behind."""

from collections.abc import Iterator

from ladder import copies
from ladder import reasons
from ladder.changes import page
from ladder.changes import step
from ladder.errors import LadderError
from ladder.level_files import CHANGES
from ladder.places import LEVELS
from ladder.report.write import write_atomically

# GitHub's Markdown API takes 400 KB; its pages cut a longer text off at 512,000 bytes.
MAX_BYTES = 400_000
REMEDY = "`ladder diff --publish` writes it again"


def pages() -> Iterator[tuple[int, bytes]]:
    """Each level above the lowest, and its page as it has to be."""
    for level in sorted(LEVELS)[1:]:
        yield level, page.page(step.between(level - 1, level)).encode()


def publish() -> None:
    made = dict(pages())
    for level, content in made.items():
        if len(content) > MAX_BYTES:
            raise LadderError(too_long(level, content))
    for level, content in made.items():
        write_atomically(LEVELS[level] / CHANGES, content.decode())
        print(f"{LEVELS[level].name}/{CHANGES}: {len(content) / 1000:.0f} KB")


def findings() -> list[str]:
    """Each page that is missing, stale or longer than GitHub shows, and what is not declared."""
    found = undeclared()
    try:
        for level, content in pages():
            file = LEVELS[level] / CHANGES
            if len(content) > MAX_BYTES:
                found.append(too_long(level, content))
            elif not file.is_file():
                found.append(f"{LEVELS[level].name}/{CHANGES}: is missing: {REMEDY}")
            elif file.read_bytes() != content:
                found.append(
                    f"{LEVELS[level].name}/{CHANGES}: is not what the two levels give: {REMEDY}"
                )
    except LadderError as refusal:
        found.append(f"{refusal}")
    return found


def undeclared() -> list[str]:
    """The files of the level where copies start that levels.toml lacks, and those that are gone.

    For the levels above, drift.py compares them.
    """
    declared = reasons.read()
    level = LEVELS[declared.start].name
    named = {one.path for one in declared.files[declared.start]}
    own = copies.files(LEVELS[declared.start]).keys()
    return [
        f'{level}/{path}: is not declared: write it in levels.toml under [level.1."a row"]'
        for path in sorted(own - named)
    ] + [
        f"levels.toml [level.1] {path}: is not a file of {level}: take the line out"
        for path in sorted(named - own)
    ]


def too_long(level: int, content: bytes) -> str:
    return (
        f"{LEVELS[level].name}/{CHANGES}: {len(content):,} bytes, over the {MAX_BYTES:,} that "
        "GitHub shows: make the step smaller"
    )
