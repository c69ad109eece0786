"""The picture of a level's README: one legend for all levels, and the level's own colour."""

import re

from ladder.readmes import template
from ladder.report import palette

FENCE = re.compile(r"^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What a thing is, by the brackets around its text in Mermaid.
SHAPES = {
    "([": "a person",
    "[(": "stored data",
    "[/": "a file",
    "{": "a decision",
    "[": "a program",
}
# The longer brackets first; a name without any is a program, as with the last one.
NODE = re.compile(r"\b(\w+)(\(\[|\[\(|\[/|\{|\[)\"")
# The part of Mermaid that the pictures use: things, and arrows between them. GitHub shows an error
# in place of a picture with a mistake in it.
THING = (
    r"(?!end\b)\w+"
    r"(?:\(\[\"[^\"]+\"\]\)|\[\(\"[^\"]+\"\)\]|\[/\"[^\"]+\"/\]|\{\"[^\"]+\"\}|\[\"[^\"]+\"\])?"
    r"(?::::new)?"
)
THINGS = f"{THING}(?: & {THING})*"
ARROW = r" (?:<-->|-->|-\.->)(?:\|(?:\"[^\"|]+\"|[\w ]+)\|)? "
LINE = re.compile(rf" +{THINGS}(?:{ARROW}{THINGS})+")
NEW = ":::new"
BY_HAND = "-.->"


def colour(level: int) -> str:
    """The line that colours what is new: a fill that is legible on light and dark pages."""
    stroke, fill = palette.COLOURS[f"l{level}"]
    return f"classDef new fill:{fill},stroke:{stroke},color:{palette.COLOURS['ink'][0]}"


def drawn(text: str) -> str:
    """The Mermaid text of a README's picture; empty where there is none."""
    found = FENCE.search(template.section(text, template.PICTURE))
    return found[1] if found else ""


def findings(level: int, text: str) -> list[str]:
    """What the legend asks for, and the picture does not have."""
    picture = drawn(text)
    asked = {
        "flowchart LR": "a flowchart",
        colour(level): "the level's colour",
        NEW: "what is new",
        BY_HAND: "what people do by hand",
    }
    found = [
        f"the picture does not show {what}: write '{line}'"
        for line, what in asked.items()
        if line not in picture
    ]
    return found + [
        f"the picture has a line that is no arrow between things: {line.strip()!r}: write a --> b"
        for line in picture.splitlines()[1:]
        if not LINE.fullmatch(line) and line.strip() != colour(level)
    ]


def different_shapes(texts: dict[int, str]) -> list[str]:
    """The same thing has the same shape at all levels."""
    shapes: dict[str, dict[str, list[int]]] = {}
    for level, text in texts.items():
        for name, bracket in NODE.findall(drawn(text)):
            shapes.setdefault(name, {}).setdefault(SHAPES[bracket], []).append(level)
    return [
        f"the pictures show {name} as "
        + " and as ".join(f"{shape} (Level {levels[0]})" for shape, levels in by_shape.items())
        + ": draw one shape"
        for name, by_shape in shapes.items()
        if len(by_shape) > 1
    ]
