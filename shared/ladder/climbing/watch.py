"""`ladder check --watch` in a climb: look, and look again when a file changes."""

import time
from collections.abc import Callable
from typing import NoReturn

from ladder.climbing import say
from ladder.climbing.repository import Repository
from ladder.git import listed

EVERY = 1.0  # seconds between two looks for changes


def watch(found: Repository, look: Callable[[Repository], int]) -> NoReturn:
    """Look without end."""
    while True:
        before = stamps(found)
        print(f"{say.LINE} {time.strftime('%H:%M:%S')}")
        look(found)
        print("(looks again when a file changes; Ctrl-C ends it)", flush=True)
        while stamps(found) == before:
            time.sleep(EVERY)


def stamps(found: Repository) -> dict[str, tuple[int, int]]:
    paths = listed(found.folder, "ls-files", "-z", "-co", "--exclude-standard")
    files = {path: found.folder / path for path in paths}
    return {
        path: (file.stat().st_mtime_ns, file.stat().st_size)
        for path, file in files.items()
        if file.is_file()
    }
