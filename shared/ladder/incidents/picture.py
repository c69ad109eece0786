"""The matrix as one picture: shape, shade and word say the same, so no colour is needed."""

from ladder.incidents import terminal
from ladder.incidents.catalogue import CATALOGUE
from ladder.report.svg import element
from ladder.report.svg import text

# Fill, ink of the sign and text. Light to dark with the harm: it reads in grey too. The hues are of
# Okabe and Ito's set, which people with any colour vision tell apart.
LOOKS = {
    "prevented": ("#e3eef6", "#0b4f7d"),
    "healed": ("#8cc6ea", "#10304a"),
    "person": ("#f0b43c", "#3b2600"),
    "silent": ("#8f2d00", "#ffffff"),
    "quiet": ("#eeeeea", "#55534e"),
    "false alarm": ("#8f2d00", "#ffffff"),
}
WORDS = {
    "prevented": "prevented",
    "healed": "healed itself",
    "person": "a person acts",
    "silent": "silent harm",
    "quiet": "quiet",
    "false alarm": "false alarm",
}
NARROW = {
    "prevented": "",
    "healed": "healed",
    "person": "person",
    "silent": "silent",
    "quiet": "",
    "false alarm": "alarm",
}
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
LEVELS = ("no MLOps", "DevOps", "automated training", "automated deployment", "full MLOps")


class Layout:
    """Sizes in pixels, for a wide page or a telephone."""

    def __init__(self, *, narrow: bool) -> None:
        self.narrow = narrow
        self.title, self.cell, self.row = (150, 52, 34) if narrow else (276, 156, 36)
        self.top = 84
        self.gap = 3

    def x(self, level: int) -> int:
        return self.title + level * (self.cell + self.gap)


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


def tile(cell: dict, x: int, y: int, layout: Layout) -> str:
    outcome = cell["outcome"]
    fill, ink = LOOKS[outcome]
    box = element("rect", x=x, y=y, width=layout.cell, height=layout.row, rx=4, fill=fill)
    if layout.narrow:
        at = x + layout.cell / 2
        drawn = sign(outcome, at, y + (12 if NARROW[outcome] else 17), ink)
        word = NARROW[outcome]
        return box + drawn + middle(word, at, y + 29, ink)
    figures = harm(cell) or noticed(cell)
    below = text(figures, x + 30, y + 29, style=f"fill:{ink};font-size:11px") if figures else ""
    height = y + (16 if figures else 23)
    word = text(WORDS[outcome], x + 30, height, style=f"fill:{ink};font-weight:600")
    return box + sign(outcome, x + 16, y + layout.row / 2, ink) + word + below


def harm(cell: dict) -> str:
    """The largest harm in a few words."""
    if cell["missing"] > cell["wrong"]:
        return f"{terminal.short(cell['missing'])} without answer"
    if cell["wrong"]:
        return f"{terminal.short(cell['wrong'])} wrong by {cell['minutes']:.0f} min"
    if cell["records"]:
        return f"{terminal.short(cell['records'])} rows wrong"
    return "not to be rebuilt" if cell["question"] else ""


def noticed(cell: dict) -> str:
    """Nothing reached a user, and yet it has cost somebody something."""
    steps = cell.get("steps_by_hand", len(cell.get("steps", [])))
    return f"{steps} step{'s' * (steps != 1)} by hand" if steps else ""


def middle(word: str, x: float, y: float, ink: str) -> str:
    style = f"fill:{ink};font-size:10px"
    return text(word, x, y, text_anchor="middle", style=style) if word else ""


def sign(outcome: str, x: float, y: float, ink: str) -> str:
    """A tick, an arrow round, a person, a cross; a dot for quiet, a bell for an alarm."""
    drawn = {
        "prevented": f"M{x - 6} {y}l4 5l8 -10",
        "healed": f"M{x + 5} {y - 3}a6 6 0 1 0 1 5m-1 -10v5h-5",
        "person": f"M{x - 6} {y + 7}c0 -8 12 -8 12 0zM{x - 3} {y - 4}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
        "silent": f"M{x - 6} {y - 6}l12 12m0 -12l-12 12",
        "quiet": f"M{x - 5} {y}h10",
        "false alarm": f"M{x} {y - 7}v8m0 4v2",
    }[outcome]
    return element(
        "path", d=drawn, fill="none", stroke=ink, stroke_width=2.4, stroke_linecap="round"
    )


def key(y: float, layout: Layout) -> str:
    entries = [
        ("prevented", "nothing wrong reached a user"),
        ("healed", "it did; the level ended it by itself"),
        ("person", "it did; a person had to end it"),
        ("silent", "it did, and nobody noticed"),
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
    import textwrap

    return textwrap.wrap(words, width)[:2]
