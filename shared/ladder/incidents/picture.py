"""The incident matrix as one picture."""

import textwrap

from ladder.incidents.catalogue import CATALOGUE
from ladder.incidents.tiles import Layout
from ladder.incidents.tiles import filled
from ladder.incidents.tiles import inked
from ladder.incidents.tiles import sign
from ladder.incidents.tiles import tile
from ladder.look.palette import still_style
from ladder.look.svg import element
from ladder.look.svg import text

LEVELS = ("no MLOps", "DevOps", "automated training", "automated deployment", "full MLOps")


def svg(result: dict, *, narrow: bool = False, links: str | None = None, still: bool = True) -> str:
    """The whole picture; each title leads to the incident's page in the folder `links`, if any.

    `still`: on its own, with colours and paper; else for a page, which has them.
    """
    layout = Layout(narrow=narrow)
    rows = [row for row in result["rows"] if not CATALOGUE[row["name"]].control]
    controls = [row for row in result["rows"] if CATALOGUE[row["name"]].control]
    y, parts = layout.top, heads(result, rows, layout)
    for row in rows:
        parts.append(line(row, result["levels"], y, layout, links=links))
        y += layout.row + layout.gap
    if controls:
        y += 26
        parts.append(text("Nothing is wrong: is it quiet?", 0, y - 8, class_="strong"))
    for row in controls:
        parts.append(line(row, result["levels"], y, layout, links=links))
        y += layout.row + layout.gap
    parts.append(key(y + 22, layout))
    width, height = layout.x(len(result["levels"])), y + (96 if narrow else 44)
    paper = element("rect", class_="paper", width=width, height=height)
    return element(
        "svg",
        element("title", "Which level lives through which bad day"),
        *([element("style", still_style(outcomes=True)), paper] if still else []),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        class_=f"chart matrix {'narrow' if narrow else 'wide'}",
        viewBox=f"0 0 {width} {height}",
        font_size=13,
        preserveAspectRatio="xMinYMin meet",
        role="img",
    )


def heads(result: dict, rows: list[dict], layout: Layout) -> list[str]:
    """Above each column: the level, and a bar of how its bad days ended."""
    found = []
    for column, level in enumerate(result["levels"]):
        x, width = layout.x(column), layout.cell
        found.append(named(level, x, narrow=layout.narrow))
        if not layout.narrow:
            found.append(text(LEVELS[level], x, 36, class_="soft small"))
        outcomes = [row["levels"][f"{level}"]["outcome"] for row in rows]
        at = float(x)
        for outcome in ("prevented", "healed", "person", "silent"):
            count = outcomes.count(outcome)
            if not count:
                continue
            size = width * count / len(outcomes)
            found.append(filled(outcome, at, 46, size, 22, rx=0))
            if size >= 7 * len(f"{count}"):
                look = f"small {inked(outcome)}"
                found.append(text(f"{count}", at + size / 2, 61, text_anchor="middle", class_=look))
            at += size
    return found


def named(level: int, x: int, *, narrow: bool) -> str:
    """The level's name behind a square of its colour."""
    square = element("rect", class_="dot", x=x, y=10, width=10, height=10)
    name = f"{'L' if narrow else 'Level '}{level}"
    return element("g", square, class_=f"s-l{level}") + text(name, x + 15, 20, class_="strong")


def line(row: dict, levels: list[int], y: int, layout: Layout, *, links: str | None) -> str:
    title = CATALOGUE[row["name"]].title.removeprefix("Control: ")
    words = fold(title, 22) if layout.narrow else [title]
    first = y + layout.row / 2 + 4 - 7 * (len(words) - 1)
    shown = "".join(
        text(word, 0, first + 14 * number, class_="small" if layout.narrow else None)
        for number, word in enumerate(words)
    )
    if links is not None:
        shown = element("a", shown, href=f"{links}/{row['name']}.html")
    cells = (
        tile(row["levels"][f"{level}"], layout.x(column), y, layout)
        for column, level in enumerate(levels)
    )
    return shown + "".join(cells)


def key(y: float, layout: Layout) -> str:
    entries = [
        ("prevented", "nothing wrong reached a user"),
        ("healed", "it did; the level ended it by itself"),
        ("person", "it did; a person had to end it"),
        ("silent", "it did, and no one noticed"),
    ]
    found = []
    for number, (outcome, meaning) in enumerate(entries):
        x = 0 if layout.narrow else number * 250
        top = y + 19 * number - 12 if layout.narrow else y - 12
        found.append(filled(outcome, x, top, 24, 17, rx=3))
        found.append(sign(outcome, x + 12, top + 8.5, width=1.8))
        found.append(text(meaning, x + 30, top + 13, class_="small"))
    return "".join(found)


def fold(words: str, width: int) -> list[str]:
    return textwrap.wrap(words, width)[:2]
