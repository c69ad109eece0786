"""The sentences of each level that pages and slides show, from where they are written."""

import re

from ladder import reasons
from ladder.places import LEVELS

HURTS = "What still hurts"
PICTURE = re.compile(r"^## ([^\n]+)\n+```mermaid\n(.*?)^```", re.MULTILINE | re.DOTALL)
SENTENCE = re.compile(r"(?<=[.?!]) +(?=[A-Z])")


def readme(level: int) -> str:
    return (LEVELS[level] / "README.md").read_text(encoding="utf-8")


def title(level: int) -> str:
    """Such as `Level 2: automated training`, as its README begins."""
    return readme(level).partition("\n")[0].removeprefix("# ")


def name(level: int) -> str:
    """What the level is called without its number, as a heading."""
    words = title(level).partition(": ")[2]
    return words[:1].upper() + words[1:]


def sentences(level: int) -> list[str]:
    """The README's first paragraph, without where the terms are explained."""
    paragraph = " ".join(readme(level).split("\n\n")[1].split())
    return [one for one in SENTENCE.split(paragraph) if "glossary" not in one.lower()]


def pain(level: int) -> str:
    """What hurt at the level below."""
    return " ".join(sentences(level)[:1])


def cure(level: int) -> str:
    """What this level does about it."""
    return " ".join(sentences(level)[1:])


def idea(level: int) -> str:
    """The one idea of the step to this level, in a sentence; Level 0 has that of its README."""
    return SENTENCE.split(reasons.read().ideas.get(level) or sentences(level)[0])[0]


def picture(level: int) -> tuple[str, str]:
    """The README's flowchart as text, and the heading above it; empty where there is none."""
    found = PICTURE.search(readme(level))
    return (found[2], found[1]) if found else ("", "")


def hurts(level: int) -> list[str]:
    """What still hurts at this level, a text a point."""
    part = readme(level).partition(f"## {HURTS}\n")[2].partition("\n## ")[0]
    return [" ".join(one.split()) for one in re.split(r"^- ", part.strip(), flags=re.M) if one]
