"""One cell of the picture: shape, shade and word say the same, so no colour is needed."""

from ladder.incidents import terminal
from ladder.incidents.outcomes import WORDS
from ladder.look.palette import slug
from ladder.look.svg import element
from ladder.look.svg import text


class Layout:
    """Sizes in pixels, for a wide page or a telephone."""

    def __init__(self, *, narrow: bool) -> None:
        self.narrow = narrow
        self.title, self.cell, self.row = (150, 52, 34) if narrow else (276, 156, 36)
        self.top = 84
        self.gap = 3

    def x(self, level: int) -> int:
        return self.title + level * (self.cell + self.gap)


def tile(cell: dict, x: int, y: int, layout: Layout) -> str:
    outcome = cell["outcome"]
    box = filled(outcome, x, y, layout.cell, layout.row)
    if layout.narrow:
        at = x + layout.cell / 2
        drawn = sign(outcome, at, y + (12 if WORDS[outcome].narrow else 17))
        return box + drawn + middle(outcome, at, y + 29)
    figures, ink = harm(cell) or noticed(cell), inked(outcome)
    below = text(figures, x + 30, y + 29, class_=f"small {ink}") if figures else ""
    height = y + (16 if figures else 23)
    word = text(WORDS[outcome].name, x + 30, height, class_=f"strong {ink}")
    return box + sign(outcome, x + 16, y + layout.row / 2) + word + below


def filled(outcome: str, x: float, y: float, width: float, height: float, *, rx: int = 4) -> str:
    """A box in the colour of an outcome."""
    look = f"o-{slug(outcome)}"
    return element("rect", x=x, y=y, width=width, height=height, rx=rx, class_=look)


def inked(outcome: str) -> str:
    """The class of what stands on such a box."""
    return f"i-{slug(outcome)}"


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
    """Nothing reached a user, and yet it has cost people some work."""
    steps = cell.get("steps_by_hand", len(cell.get("steps", [])))
    return f"{steps} step{'s' * (steps != 1)} by hand" if steps else ""


def middle(outcome: str, x: float, y: float) -> str:
    word = WORDS[outcome].narrow
    look = f"tiny {inked(outcome)}"
    return text(word, x, y, text_anchor="middle", class_=look) if word else ""


def sign(outcome: str, x: float, y: float, *, width: float = 2.4) -> str:
    """A tick, an arrow round, a person, a cross; a dot for quiet, a bell for an alarm."""
    drawn = {
        "prevented": f"M{x - 6} {y}l4 5l8 -10",
        "healed": f"M{x + 5} {y - 3}a6 6 0 1 0 1 5m-1 -10v5h-5",
        "person": f"M{x - 6} {y + 7}c0 -8 12 -8 12 0zM{x - 3} {y - 4}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
        "silent": f"M{x - 6} {y - 6}l12 12m0 -12l-12 12",
        "quiet": f"M{x - 5} {y}h10",
        "false alarm": f"M{x} {y - 7}v8m0 4v2",
    }[outcome]
    look = f"sign {inked(outcome)}"
    return element("path", d=drawn, class_=look, stroke_width=width)
