"""All slides in their order, as one page with everything in it."""

from pathlib import Path
from string import Template

from ladder.look import page as look
from ladder.slides import incidents
from ladder.slides import levels
from ladder.slides import results
from ladder.slides.slide import Slide

FOLDER = Path(__file__).parent
TITLE = "mlops-ladder: slides"
HOME = '<a class="home" href="{home}">index</a>'


def slides() -> list[Slide]:
    """Level by level: the pain, the cure, what still hurts, a bad day; then the year's results."""
    found = [levels.opening(), levels.overview()]
    for level in levels.LEVELS:
        found += [levels.level(level), *levels.picture(level), levels.hurts(level)]
        found += incidents.between(level, level + 1)
    return [*found, *results.slides(), levels.ending()]


def page(home: str = "") -> str:
    """`home` is the address of an index to lead back to, if there is one."""
    script = (FOLDER / "deck.js").read_text(encoding="utf-8")
    made = slides()
    return Template((FOLDER / "deck.html").read_text(encoding="utf-8")).substitute(
        head=look.head(TITLE, FOLDER / "deck.css", script=script),
        home=HOME.format(home=home) if home else "",
        slides="".join(one.html(number, len(made)) for number, one in enumerate(made, 1)),
        script=script,
    )
