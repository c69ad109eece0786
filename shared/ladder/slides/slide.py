"""One slide: an idea in big type, and notes for the speaker."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from ladder.site import markdown


@dataclass(frozen=True)
class Slide:
    """`kicker` and `title` are text, `body` and `notes` are markup; `level` gives the colour."""

    kicker: str
    title: str
    body: str
    notes: str
    level: int | None = None
    kind: str = ""

    def html(self, number: int, count: int) -> str:
        colour = "" if self.level is None else f" s-l{self.level}"
        return (
            f'<section class="slide {self.kind}{colour}" id="s{number}" '
            f'aria-label="Slide {number}"><div class="face"><p class="kicker">'
            f"{escape(self.kicker)}</p><h1>{markdown.inline(self.title)}</h1>{self.body}"
            f'<p class="number">{number} / {count}</p></div>'
            f'<aside class="notes" aria-label="Notes">{self.notes}</aside></section>\n'
        )


def paragraph(text: str) -> str:
    return f"<p>{markdown.inline(text)}</p>"


def points(texts: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{markdown.inline(text)}</li>' for text in texts)}</ul>"


def figures(pairs: Iterable[tuple[str, str]]) -> str:
    """Big numbers, each with what it counts."""
    shown = "".join(
        f"<div><dt>{escape(counted)}</dt><dd>{escape(number)}</dd></div>"
        for number, counted in pairs
    )
    return f'<dl class="figures">{shown}</dl>'
