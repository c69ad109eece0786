"""The matrix as one picture."""

import textwrap

from ladder.incidents.catalogue import CATALOGUE
from ladder.incidents.tiles import LOOKS
from ladder.incidents.tiles import Layout
from ladder.incidents.tiles import sign
from ladder.incidents.tiles import tile
from ladder.report.svg import element
from ladder.report.svg import text

FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
LEVELS = ("no MLOps", "DevOps", "automated training", "automated deployment", "full MLOps")


def svg(result: dict, *, narrow: bool = False, links: bool = False) -> str:
    """The whole picture; with `links`, each title leads to the incident's page."""
    layout = Layout(narrow=narrow)
    rows = [row for row in result["rows"] if not CATALOGUE[row["name"]].control]
    controls = [row for row in result["rows"] if CATALOGUE[row["name"]].control]
    y, parts = layout.top, heads(result, rows, layout)
    for row in rows:
        parts.append(line(row, result["levels"], y, layout, links=links))
        y += layout.row + layout.gap
    if controls:
        y += 26
        parts.append(text("Nothing is wrong: is it quiet?", 0, y - 8, class_="head"))
    for row in controls:
        parts.append(line(row, result["levels"], y, layout, links=links))
        y += layout.row + layout.gap
    parts.append(key(y + 22, layout))
    width, height = layout.x(len(result["levels"])), y + (96 if narrow else 44)
    style = (
        f"text{{font-family:{FONT};font-size:13px;fill:#1d1b18}}.head{{font-weight:600}}"
        ".soft{fill:#6a645c;font-size:11px}.small{font-size:11px}a text{text-decoration:underline}"
    )
    return element(
        "svg",
        element("title", "Which level lives through which bad day"),
        element("style", style),
        element("rect", width=width, height=height, fill="#fffdf8"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        role="img",
    )


def heads(result: dict, rows: list[dict], layout: Layout) -> list[str]:
    """Above each column: the level, and a bar of how its bad days ended."""
    found = []
    for column, level in enumerate(result["levels"]):
        x, width = layout.x(column), layout.cell
        found.append(text(f"{'L' if layout.narrow else 'Level '}{level}", x, 20, class_="head"))
        if not layout.narrow:
            found.append(text(LEVELS[level], x, 36, class_="soft"))
        outcomes = [row["levels"][f"{level}"]["outcome"] for row in rows]
        at = float(x)
        for outcome in ("prevented", "healed", "person", "silent"):
            count = outcomes.count(outcome)
            if not count:
                continue
            size = width * count / len(outcomes)
            fill, ink = LOOKS[outcome]
            found.append(element("rect", x=at, y=46, width=size, height=22, fill=fill))
            found.append(
                text(
                    f"{count}",
                    at + size / 2,
                    61,
                    text_anchor="middle",
                    fill=ink,
                    style=f"fill:{ink}",
                )
            )
            at += size
    return found


def line(row: dict, levels: list[int], y: int, layout: Layout, *, links: bool) -> str:
    title = CATALOGUE[row["name"]].title.removeprefix("Control: ")
    words = fold(title, 22) if layout.narrow else [title]
    first = y + layout.row / 2 + 4 - 7 * (len(words) - 1)
    shown = "".join(
        text(word, 0, first + 14 * number, class_="small" if layout.narrow else None)
        for number, word in enumerate(words)
    )
    if links:
        shown = element("a", shown, href=f"incidents/{row['name']}.html")
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
        fill, ink = LOOKS[outcome]
        x = 0 if layout.narrow else number * 250
        top = y + 19 * number - 12 if layout.narrow else y - 12
        found.append(element("rect", x=x, y=top, width=24, height=17, rx=3, fill=fill))
        found.append(sign(outcome, x + 12, top + 8.5, ink).replace("2.4", "1.8"))
        found.append(text(meaning, x + 30, top + 13, class_="small"))
    return "".join(found)


def fold(words: str, width: int) -> list[str]:
    return textwrap.wrap(words, width)[:2]
