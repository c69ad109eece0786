"""The texts for readers: short lines, a glossary in order, a picture that is true."""

import re
from pathlib import Path

import pytest

from ladder import imports
from ladder.copies import files
from ladder.places import GROUNDCREW
from ladder.places import LEVELS
from ladder.places import ROOT

GLOSSARY = ROOT / "shared" / "GLOSSARY.md"
LIBRARY = ROOT / "shared" / "groundcrew" / "README.md"
READMES = [ROOT / "README.md", LIBRARY, *(level / "README.md" for level in LEVELS.values())]
MAX_LINE = 120


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("text", READMES, ids=named)
def test_every_readme_leads_to_the_glossary_and_keeps_short_lines(text: Path) -> None:
    lines = text.read_text(encoding="utf-8").splitlines()
    prose = [line for line in lines if not line.lstrip().startswith(("|", "<"))]

    assert "GLOSSARY.md)" in text.read_text(encoding="utf-8")
    assert [line for line in prose if len(line) > MAX_LINE] == []


def test_the_glossary_is_alphabetical_and_has_each_term_once() -> None:
    terms = re.findall(r"^- \*\*(.+?)\*\*", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE)
    keys = [term.lower() for term in terms]

    assert keys == sorted(set(keys))
    assert 50 <= len(terms) <= 60


def test_the_picture_of_groundcrew_shows_what_it_imports() -> None:
    found = imported()
    drawn = arrows(LIBRARY.read_text(encoding="utf-8"))

    assert {
        name: others - found[name] for name, others in drawn.items() if others - found[name]
    } == {}
    assert {name: reached(name, drawn) for name in found} == {
        name: reached(name, found) for name in found
    }


def test_every_part_of_groundcrew_is_described() -> None:
    text = LIBRARY.read_text(encoding="utf-8")

    assert [name for name in imported() if f"`{name}`" not in text] == []


def imported() -> dict[str, set[str]]:
    """The modules and subpackages of groundcrew, each with those that it imports, but `errors`."""
    modules = {
        f"groundcrew/{path}": code
        for path, code in files(GROUNDCREW).items()
        if path.endswith(".py")
    }
    found: dict[str, set[str]] = {}
    for module, others in imports.graph("groundcrew", modules).items():
        if part := module.partition(".")[2].split(".")[0]:
            parts = {other.partition(".")[2].split(".")[0] for other in others}
            found.setdefault(part, set()).update(parts - {part, "errors", ""})
    return found


def arrows(text: str) -> dict[str, set[str]]:
    """What the Mermaid flowchart shows: `a --> b & c` is two arrows from a."""
    lines = re.findall(r"^ +(\w+) --> ([\w &]+)$", text, re.MULTILINE)
    return {name: set(others.split(" & ")) for name, others in lines}


def reached(name: str, graph: dict[str, set[str]]) -> set[str]:
    """All names that arrows lead to from this one, over any number of steps."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = graph.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found
