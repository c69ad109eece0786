"""The one kind of failure that a person is meant to read."""

import os

POSIX, WINDOWS = "python3 ladder.py", "py ladder.py"


class LadderError(Exception):
    """A refusal in plain words: the value, the rule that it broke, and the remedy."""


def typed(text: object) -> str:
    """A text with its commands as they are typed on this system: Windows has no python3."""
    return f"{text}".replace(POSIX, WINDOWS) if os.name == "nt" else f"{text}"
