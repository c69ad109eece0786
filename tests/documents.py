"""Every Markdown file and notebook of the repository, as text to be checked."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nbformat

from ladder import copies
from ladder.places import ROOT

# A template is read where its page will be.
READ_AS = {"shared/ladder/feature/page.md": "shared/BETTER_FEATURE.md"}
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
SPAN = re.compile(r"`([^`]+)`")


@cache
def paths() -> frozenset[str]:
    """Every file of the repository, and every folder that has one."""
    files = {Path(path) for path in copies.files(ROOT)}
    return frozenset(path.as_posix() for file in files for path in (file, *file.parents))


@cache
def texts() -> dict[str, str]:
    """The text of each document by its path; of a notebook, that of its Markdown cells."""
    return {path: text_of(ROOT / path) for path in sorted(paths()) if is_document(path)}


def is_document(path: str) -> bool:
    return path.endswith((".md", ".ipynb"))


def text_of(file: Path) -> str:
    if file.suffix == ".md":
        return file.read_text(encoding="utf-8")
    cells = nbformat.read(file, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def prose(text: str) -> str:
    """A text without its blocks of code and its comments."""
    return COMMENT.sub("", FENCE.sub("", text))


def fenced(text: str, language: str) -> Iterator[str]:
    """The blocks of a language, without the indentation of a list."""
    for found, block in FENCE.findall(text):
        if found == language:
            yield "\n".join(line.removeprefix("   ") for line in block.splitlines())


def spans(text: str) -> list[str]:
    """What stands between backticks, in one line each."""
    return [" ".join(span.split()) for span in SPAN.findall(prose(text))]
