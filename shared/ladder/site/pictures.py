"""Draw every published picture again from the published numbers, as when colours have changed."""

from collections.abc import Iterator
from pathlib import Path

from ladder import policies
from ladder import publish
from ladder.conformance import summary
from ladder.incidents import publish as incidents


def all_of_them() -> Iterator[tuple[Path, str]]:
    """Each published picture, and how it is drawn now."""
    for name, drawn in publish.pictures(publish.published()).items():
        yield publish.FOLDER / name, drawn
    for name, drawn in incidents.pictures(incidents.published()).items():
        yield incidents.FOLDER / name, drawn
    for name, drawn in policies.pictures(policies.published()).items():
        yield policies.LEVEL / name, drawn
    yield summary.PICTURE, summary.drawn(summary.published())


def draw_again() -> list[Path]:
    """Write those that have changed; returns them."""
    changed = [
        (path, drawn)
        for path, drawn in all_of_them()
        if not path.exists() or path.read_text(encoding="utf-8") != drawn
    ]
    for path, drawn in changed:
        path.write_text(drawn, encoding="utf-8", newline="\n")
    return [path for path, _ in changed]
