"""Changes of a team's surroundings that end with a block."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from ladder.incidents import window


@contextlib.contextmanager
def window_of(repo: Path, days: int) -> Iterator[None]:
    """While the block runs, the settings say so many days of training."""
    file = window.settings_file(repo)
    usual = file.read_text(encoding="utf-8")
    window.set_days(repo, days)
    try:
        yield
    finally:
        file.write_text(usual, encoding="utf-8")


@contextlib.contextmanager
def feed_of(feed: Path, usual: Path) -> Iterator[None]:
    """While the block runs, the feed is another one: that of the machine that scores."""
    os.environ["FLIGHTTIME_FEED"] = str(feed)
    try:
        yield
    finally:
        os.environ["FLIGHTTIME_FEED"] = str(usual)
