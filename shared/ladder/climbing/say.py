"""What the climb prints: short lines, and one next thing to type, in the shell that is in use."""

import os
import shlex
import sys
import textwrap
from pathlib import Path

WIDTH = 92
LINE = "-" * 64
MAX_LINES = 8  # of what a check has found


def command(*words: str) -> str:
    """A command of the ladder as it can be typed here, also where .venv is not activated."""
    return typed(*(["ladder"] if is_activated() else program()), *words)


def is_activated() -> bool:
    own = os.environ.get("VIRTUAL_ENV", "")
    return own != "" and Path(own).resolve() == Path(sys.prefix).resolve()


def program() -> list[str]:
    """The words that start the ladder wherever one is; PowerShell needs & before a path."""
    name = "ladder.exe" if os.name == "nt" else "ladder"
    script = str(Path(sys.executable).with_name(name))
    return ["&", script] if is_powershell() else [script]


def is_powershell() -> bool:
    """Whether commands are typed in PowerShell: on Windows, outside of the bash of Git."""
    return os.name == "nt" and "MSYSTEM" not in os.environ


def typed(*words: str) -> str:
    return " ".join(word if word == "&" else quoted(word) for word in words)


def quoted(word: str) -> str:
    """A word for the shell: bash, zsh and fish, or on Windows PowerShell."""
    if not is_powershell():
        return shlex.quote(word)
    plain = all(character.isalnum() or character in "-_.:/\\+=,@&" for character in word)
    return word if word and plain else f'"{word}"'


def following(*words: str) -> None:
    """Print the next thing to type."""
    print(f"next: {command(*words)}", flush=True)


def otherwise(*words: str) -> None:
    """Print another thing that can be typed instead."""
    print(f"or:   {command(*words)}", flush=True)


def paragraph(text: str, indent: str = "") -> None:
    """Print a text in lines that a projector shows whole."""
    for line in text.strip().splitlines():
        print(
            textwrap.fill(
                line.strip(),
                WIDTH,
                initial_indent=indent,
                subsequent_indent=indent,
                break_long_words=False,
                break_on_hyphens=False,
            )
        )


def item(name: str, text: str) -> None:
    """Print a text behind its name, in lines that a projector shows whole."""
    for number, line in enumerate(text.strip().splitlines()[:MAX_LINES]):
        print(
            textwrap.fill(
                line.strip(),
                WIDTH,
                initial_indent=f"  {name if number == 0 else '':<10}",
                subsequent_indent=" " * 12,
                break_long_words=False,
                break_on_hyphens=False,
            )
        )


def counted(number: int, one: str) -> str:
    """A number with its noun: 1 file, 3 files."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def shortened(text: str, width: int = WIDTH - 24) -> str:
    """The beginning of a text, without line breaks."""
    return textwrap.shorten(text, width, placeholder=" ...")
