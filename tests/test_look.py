"""The colours of the levels and outcomes: legible, and apart for every kind of colour vision.

Dichromacy is simulated with the matrices of Machado, Oliveira and Fernandes, "A physiologically-
based model for simulation of color vision deficiency" (IEEE TVCG 15, 2009), severity 1.0, which
apply to linear RGB. Differences are Euclidean in CIELAB (CIE 1976, D65).
"""

import math
import re
import sys
from itertools import combinations
from pathlib import Path

import pytest

from ladder import visit
from ladder.incidents import publish as incidents
from ladder.incidents import terminal as table
from ladder.look import palette
from ladder.look import terminal
from ladder.places import GROUNDCREW

VISION = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750))
XYZ += ((0.0193339, 0.1191920, 0.9503041),)
WHITE = (0.95047, 1.0, 1.08883)
AA = 4.5  # WCAG 2, success criterion 1.4.3: text of any size
APART = 18  # about eight times what is just noticeable
SETTINGS = pytest.mark.parametrize("setting", [0, 1], ids=["light", "dark"])


def linear(colour: str) -> list[float]:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def times(matrix: tuple, vector: list[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def seen(colour: str, vision: str) -> list[float]:
    """CIELAB of a colour as a person with this vision sees it."""
    rgb = [min(1.0, max(0.0, part)) for part in times(VISION[vision], linear(colour))]
    x, y, z = (
        value ** (1 / 3) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116
        for value in (part / white for part, white in zip(times(XYZ, rgb), WHITE, strict=True))
    )
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


def contrast(one: str, other: str) -> float:
    dark, light = sorted(times(XYZ, linear(colour))[1] for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def test_white_on_black_has_the_contrast_and_the_lightness_of_the_standards() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21, abs=0.01)
    assert seen("#ffffff", "usual") == pytest.approx([100, 0, 0], abs=0.02)
    assert math.dist(seen("#ff0000", "deuteranopia"), seen("#008000", "deuteranopia")) < math.dist(
        seen("#ff0000", "usual"), seen("#008000", "usual")
    )


@SETTINGS
@pytest.mark.parametrize("vision", VISION)
def test_the_levels_differ_for_every_colour_vision(vision: str, setting: int) -> None:
    seen_levels = {level: seen(pair[setting], vision) for level, pair in palette.LEVELS.items()}

    close = {
        pair: round(math.dist(seen_levels[pair[0]], seen_levels[pair[1]]), 1)
        for pair in combinations(seen_levels, 2)
    }
    assert {pair: apart for pair, apart in close.items() if apart < APART} == {}


@SETTINGS
def test_text_in_a_level_s_colour_is_legible(setting: int) -> None:
    grounds = [palette.BASE[name][setting] for name in ("paper", "wash")]
    inks = {f"l{level}": pair[setting] for level, pair in palette.LEVELS.items()}
    inks |= {name: palette.BASE[name][setting] for name in ("ink", "soft", "accent")}

    found = {name: min(contrast(ink, ground) for ground in grounds) for name, ink in inks.items()}

    assert {name: value for name, value in found.items() if value < AA} == {}


@SETTINGS
def test_the_word_on_a_tile_is_legible(setting: int) -> None:
    found = {
        name: contrast(fill[setting], ink[setting])
        for name, (fill, ink) in palette.OUTCOMES.items()
    }

    assert {name: value for name, value in found.items() if value < AA} == {}


@pytest.fixture
def colours(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A terminal that shows 256 colours."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_a_level_has_its_colour_in_the_terminal(colours: pytest.MonkeyPatch) -> None:
    few = {terminal.of_level(level, "Level") for level in palette.LEVELS}
    colours.setenv("COLORTERM", "truecolor")
    exact = terminal.of_level(4, "Level 4")

    assert len(few) == len(palette.LEVELS)
    assert exact == "\x1b[48;2;0;67;184;38;2;255;255;255mLevel 4\x1b[0m"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colour_is_printed_where_none_is_wanted(
    colours: pytest.MonkeyPatch, name: str, value: str
) -> None:
    colours.setenv(name, value)

    assert terminal.of_level(4, "Level 4") == "Level 4"


def test_no_colour_is_printed_into_a_file(colours: pytest.MonkeyPatch) -> None:
    colours.setattr(sys.stdout, "isatty", lambda: False)

    assert terminal.of_outcome("silent", "SILENT HARM") == "SILENT HARM"


def test_columns_are_as_wide_in_colour(colours: pytest.MonkeyPatch) -> None:
    rows = incidents.published()["rows"]
    for row in rows:
        for cell in row["levels"].values():
            cell["steps"] = []
    painted = table.table(rows)
    colours.setenv("NO_COLOR", "1")

    plain = table.table(rows)

    assert painted != plain
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == plain
    head, *lines = plain.splitlines()
    columns = [head.index(f"Level {level}") for level in palette.LEVELS]
    assert all(re.match(r" \w", line[at - 1 :]) for line in lines[::2] for at in columns)


def test_words_on_the_colours_of_the_terminal_are_legible() -> None:
    grounds = {level: pair[0] for level, pair in palette.LEVELS.items()}

    assert {level for level, one in grounds.items() if contrast(one, terminal.INK) < AA} == set()


def test_the_applications_pages_have_the_same_paper_and_inks() -> None:
    css = (GROUNDCREW / "web" / "assets" / "page.css").read_text(encoding="utf-8")

    for setting, block in enumerate(re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]):
        own = dict(re.findall(r"--(\w+): (#\w+);", block))
        shared = {name: pair[setting] for name, pair in palette.BASE.items()}
        assert {name: own[name] for name in shared} == shared


def test_the_application_of_a_level_is_started_with_the_level_s_colours(tmp_path: Path) -> None:
    found = {level: visit.environment(level, tmp_path, "2013-03-01") for level in palette.LEVELS}

    colours = {level: tuple(one["FLIGHTTIME_ACCENT"].split()) for level, one in found.items()}
    assert colours == palette.LEVELS
