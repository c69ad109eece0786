"""The slides on what was measured: the year, the bad days, the staircase, the closing chapter."""

from html import escape

from ladder.conformance import counts
from ladder.conformance import grid
from ladder.incidents import page as incidents
from ladder.incidents import picture
from ladder.report.chart import SUBTITLE
from ladder.report.chart import TITLE
from ladder.report.chart import chart
from ladder.report.findings import Finding
from ladder.report.findings import findings
from ladder.report.scale import WIDE
from ladder.site import sources
from ladder.slides.slide import Slide
from ladder.slides.slide import paragraph


def slides() -> list[Slide]:
    first, *others = findings(sources.whole_year())
    return [year(first), *map(finding, others), silent(), matrix(), stairs(), better()]


def year(found: Finding) -> Slide:
    """The picture of the year, with what it shows first."""
    notes = paragraph(f"{SUBTITLE}.") + paragraph(found.detail)
    return Slide(TITLE, found.lead, chart(sources.whole_year(), WIDE), notes, kind="picture")


def finding(found: Finding) -> Slide:
    return Slide("What the year shows", found.lead, "", paragraph(found.detail), kind="question")


def silent() -> Slide:
    result = sources.whole_bad_days()
    harmed = incidents.silent_harms(result)
    most = max([*harmed.values(), 1])
    bars = "".join(bar(level, count, most) for level, count in harmed.items())
    return Slide(
        incidents.TITLE,
        "Silent harm: users got wrong answers, and no one noticed",
        f'<div class="bars">{bars}</div>',
        f"<p>{escape(incidents.standfirst(result))}</p>",
    )


def bar(level: int, count: int, most: int) -> str:
    return (
        f"<span>Level {level}</span><svg class='chart s-l{level}' viewBox='0 0 1000 60' "
        f"preserveAspectRatio='xMinYMid meet' role='img' aria-label='{count}'>"
        f"<rect class='dot' width='{880 * count / most:.0f}' height='60' />"
        f"<text class='strong' x='{880 * count / most + 16:.0f}' y='45' font-size='44'>{count}"
        "</text></svg>"
    )


def matrix() -> Slide:
    result = sources.whole_bad_days()
    drawn = picture.svg(result, still=False)
    return Slide(
        "The same incident, put to every level",
        incidents.TITLE,
        drawn,
        "<p>The wall sheet has it large: <code>ladder slides --wall</code>. "
        "<code>ladder incidents</code> plays all of them.</p>",
        kind="picture",
    )


def stairs() -> Slide:
    summary = sources.staircase()
    counted = summary["coverage"]
    notes = (
        f"<p>Of {sum(counted.values())} statements {counted['executable']} are proven by running a "
        f"level, {counted['settings']} by its settings; {counted['people']} are about people, "
        f"{counted['not observable']} not observable.</p>"
        "<p>Measure it: <code>ladder check --matrix</code>.</p>"
    )
    return Slide("The maturity model, measured", grid.TITLE, counts.svg(summary), notes)


def better() -> Slide:
    """The closing chapter: a loop on old features against fresh features without a loop."""
    real = sources.better_feature()["real"]
    rows = {
        "today's features, never retrained": real["today"]["never"],
        "today's features, Level 4's loop": real["today"]["policy"],
        "two fresh features, never retrained": real["fresh"]["never"],
        "no model: the route's median": real["alone"]["usual"],
    }
    body = "".join(
        f"<tr><th scope=row>{name}</th><td>{one['error']:.2f}</td>"
        f"<td>{one['worst_week']:.2f}</td></tr>"
        for name, one in rows.items()
    )
    heads = "<th scope=col>mean error</th><th scope=col>worst week</th>"
    return Slide(
        "The closing chapter",
        "A better feature, or a better loop?",
        f"<table><thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table>",
        "<p>Ask before the table is shown: which row wins? Then <code>ladder feature</code>, and "
        "the closing chapter's page.</p>",
    )
