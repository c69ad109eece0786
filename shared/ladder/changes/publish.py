"""Write each level's CHANGES.md, and find the pages that their levels have left behind."""

from collections.abc import Iterator

from ladder.changes import page
from ladder.changes import step
from ladder.errors import LadderError
from ladder.level_files import CHANGES
from ladder.places import LEVELS

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
        file = LEVELS[level] / CHANGES
        if not file.is_file() or file.read_bytes() != content:
            file.write_bytes(content)
        print(f"{LEVELS[level].name}/{CHANGES}: {len(content) / 1000:.0f} KB")


def findings() -> list[str]:
    """Each page that is missing, stale, or longer than GitHub shows."""
    found = []
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


def too_long(level: int, content: bytes) -> str:
    return (
        f"{LEVELS[level].name}/{CHANGES}: {len(content):,} bytes, over the {MAX_BYTES:,} that "
        "GitHub shows: make the step smaller"
    )
