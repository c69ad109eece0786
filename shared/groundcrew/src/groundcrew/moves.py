"""Moves of files and folders that Windows refuses while another process has them open."""

import os
import time
from pathlib import Path

# A reader has a file open for milliseconds, a virus scanner for longer.
SECONDS_BETWEEN_ATTEMPTS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def replace(source: Path, target: Path) -> None:
    """Move `source` to `target` in one step; on Windows, wait for those who have one of them open.

    Raises PermissionError where it stays refused.
    """
    for seconds in SECONDS_BETWEEN_ATTEMPTS if os.name == "nt" else ():
        try:
            source.replace(target)
            return
        except PermissionError:
            time.sleep(seconds)
    source.replace(target)
