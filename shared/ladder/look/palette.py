"""The colours of everything that is shown, each for light and for dark paper.

The five levels differ for every kind of colour vision, and are legible as text on paper and wash:
tests/test_look.py computes both.
"""

import re
from pathlib import Path

CHART_CSS = Path(__file__).with_name("chart.css")
Pair = tuple[str, str]
LEVELS: dict[int, Pair] = {
    0: ("#8c0a00", "#f26b48"),
    1: ("#8c6900", "#f2ba32"),
    2: ("#9a43a8", "#e7b5ff"),
    3: ("#0a7b7d", "#2bd1a0"),
    4: ("#0043b8", "#538dea"),
}
MEDIANS: dict[str, Pair] = {"frozen": ("#756c62", "#8d877f"), "rolling": ("#2b2723", "#f4efe6")}
BASE: dict[str, Pair] = {
    "paper": ("#fffdf8", "#15171b"),
    "ink": ("#1d1b18", "#f0ece4"),
    "soft": ("#6a645c", "#a8a29a"),
    "rule": ("#e4dfd5", "#2e3138"),
    "axis": ("#857e74", "#7b7e87"),
    "wash": ("#f6f2e9", "#1c1f25"),
    "accent": ("#bd2c10", "#f26b48"),
}
# How a bad day ended: the fill of a tile, and the ink on it. The harm reads in grey too; the hues
# are of Okabe and Ito's set, which people with any colour vision tell apart.
OUTCOMES: dict[str, tuple[Pair, Pair]] = {
    "prevented": (("#e3eef6", "#1b2f3d"), ("#0b4f7d", "#b9d9ee")),
    "healed": (("#8cc6ea", "#2f6f99"), ("#10304a", "#ffffff")),
    "person": (("#f0b43c", "#e0a32c"), ("#3b2600", "#1d1300")),
    "silent": (("#8f2d00", "#c2471a"), ("#ffffff", "#ffffff")),
    "quiet": (("#eeeeea", "#262a30"), ("#55534e", "#b4b1aa")),
    "false alarm": (("#8f2d00", "#c2471a"), ("#ffffff", "#ffffff")),
}


def slug(outcome: str) -> str:
    return outcome.replace(" ", "-")


def level_colours() -> dict[str, Pair]:
    return {f"l{level}": pair for level, pair in LEVELS.items()} | MEDIANS


def outcome_colours() -> dict[str, Pair]:
    fills = {f"o-{slug(name)}": fill for name, (fill, _) in OUTCOMES.items()}
    return fills | {f"i-{slug(name)}": ink for name, (_, ink) in OUTCOMES.items()}


COLOURS: dict[str, Pair] = BASE | level_colours() | outcome_colours()


def page_style() -> str:
    """Custom properties for both settings, and the chart's rules; print is always light."""
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{properties(1)}}}}}"
    return f":root{{{properties(0)}}}\n{dark}\n{rules()}"


def still_style(*, outcomes: bool = False) -> str:
    """The rules of pictures with colours as values, for viewers without custom properties."""
    dark = f"@media screen and (prefers-color-scheme:dark){{{resolved(1, outcomes=outcomes)}}}"
    return resolved(0, outcomes=outcomes) + dark


def rules(*, outcomes: bool = True) -> str:
    """How pictures are drawn, and the class of each colour."""
    drawn = CHART_CSS.read_text(encoding="utf-8")
    tints = "".join(f".s-{name}{{color:var(--{name})}}" for name in level_colours())
    ends = "".join(
        f".o-{name}{{fill:var(--o-{name});background:var(--o-{name})}}"
        f".chart text.i-{name}{{fill:var(--i-{name})}}.i-{name}{{color:var(--i-{name})}}"
        for name in map(slug, OUTCOMES)
    )
    return drawn + tints + (ends if outcomes else "")


def properties(setting: int) -> str:
    return "".join(f"--{name}:{pair[setting]};" for name, pair in COLOURS.items())


def resolved(setting: int, *, outcomes: bool = False) -> str:
    drawn = rules(outcomes=outcomes)
    colours = re.sub(r"var\(--([\w-]+)\)", lambda found: COLOURS[found[1]][setting], drawn)
    return re.sub(r"\s*\n\s*", "", colours)
