"""The colours of the page, the chart and the still picture, light and dark."""

import re
from pathlib import Path

from ladder.report.series import SERIES

CHART_CSS = Path(__file__).with_name("chart.css")
BASE = {
    "paper": ("#fffdf8", "#15171b"),
    "ink": ("#1d1b18", "#f0ece4"),
    "soft": ("#6a645c", "#a8a29a"),
    "rule": ("#e4dfd5", "#2e3138"),
    "axis": ("#8c857b", "#6d7078"),
    "wash": ("#f6f2e9", "#1c1f25"),
    "accent": ("#c8321a", "#f26b48"),
}
COLOURS = BASE | {series.slug: (series.light, series.dark) for series in SERIES}


def page_style() -> str:
    """Custom properties for both settings, and the chart's rules; print is always light."""
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{properties(1)}}}}}"
    return f":root{{{properties(0)}}}\n{dark}\n{rules()}"


def still_style() -> str:
    """The chart's rules with the colours as values, for viewers without custom properties."""
    return resolved(0) + "@media(prefers-color-scheme:dark){" + resolved(1) + "}"


def rules() -> str:
    tints = "".join(f".s-{series.slug}{{color:var(--{series.slug})}}" for series in SERIES)
    return CHART_CSS.read_text(encoding="utf-8") + tints


def properties(setting: int) -> str:
    return "".join(f"--{name}:{pair[setting]};" for name, pair in COLOURS.items())


def resolved(setting: int) -> str:
    colours = re.sub(r"var\(--([\w-]+)\)", lambda found: COLOURS[found[1]][setting], rules())
    return re.sub(r"\s*\n\s*", "", colours)
