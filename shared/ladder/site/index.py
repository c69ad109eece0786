"""The first page: the five levels, and the way to everything else."""

from html import escape
from pathlib import Path

from ladder.conformance import counts
from ladder.incidents import page as incidents
from ladder.incidents import picture
from ladder.look import page as look
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.report import measures_table
from ladder.report.chart import SUBTITLE
from ladder.report.chart import chart
from ladder.report.findings import findings
from ladder.report.scale import LAYOUTS
from ladder.site import markdown
from ladder.site import others
from ladder.site import sources
from ladder.site import steps
from ladder.site import texts

HERE = Path(__file__).parent
SHEETS = (
    HERE.parent / "report" / "page.css",
    HERE.parent / "incidents" / "matrix.css",
    HERE / "staircase.css",
    HERE / "index.css",
)
TITLE = "mlops-ladder"
KICKER = "One model, five levels of automation, one real year of flights"


def page(*, local: bool) -> str:
    """`local`: with a link to mission control, which answers on this machine only."""
    return look.document(
        TITLE,
        look.masthead(KICKER, TITLE, markdown.inline(opening())),
        levels(),
        year(),
        bad_days(),
        staircase(),
        others.more(local=local),
        sheets=SHEETS,
    )


def opening() -> str:
    """The README's first paragraph."""
    return " ".join((ROOT / "README.md").read_text(encoding="utf-8").split("\n\n")[1].split())


def levels() -> str:
    cards = "".join(map(card, LEVELS))
    return (
        '<section aria-labelledby="levels"><h2 id="levels">The five levels</h2>'
        f'<ol class="levels">{cards}</ol></section>'
    )


def card(level: int) -> str:
    changed = steps.link(level - 1, level)
    below = f"<li>{changed}</li>" if changed else ""
    return (
        f'<li class="level s-l{level}"><h3><a href="level{level}.html">{level}</a> '
        f"{escape(texts.name(level))}</h3><p>{markdown.inline(texts.idea(level))}</p>"
        f'<ul><li><a href="level{level}.html">The walk</a></li>{below}</ul></li>'
    )


def year() -> str:
    report = sources.year()
    lead = findings(report)[0].lead
    charts = "".join(chart(report, layout) for layout in LAYOUTS) if report["weekly"] else ""
    return (
        '<section aria-labelledby="year"><h2 id="year"><a href="year.html">What a year of each '
        f'level was like</a></h2><p class="lead">{escape(lead)}</p><figure>'
        f'<figcaption><b>{SUBTITLE}</b></figcaption><div class="stage">{charts}</div></figure>'
        '<div class="scroll" role="region" aria-label="The year in numbers" tabindex="0">'
        f'<table class="measures">{measures_table.measures(report)}</table></div></section>'
    )


def bad_days() -> str:
    result = sources.bad_days()
    pictures = "".join(
        picture.svg(result, narrow=narrow, links="incidents", still=False)
        for narrow in (False, True)
    )
    return (
        f'<section aria-labelledby="days"><h2 id="days"><a href="incidents.html">{incidents.TITLE}'
        f"</a></h2><p>{incidents.standfirst(result)}</p>{pictures}</section>"
    )


def staircase() -> str:
    return (
        '<section aria-labelledby="stairs"><h2 id="stairs"><a href="staircase.html">What each '
        "level can prove</a></h2><div class='scroll' tabindex='0'>"
        f"{counts.svg(sources.staircase())}</div></section>"
    )
