"""The staircase as a page: the counts, the rows at a glance, and every statement."""

from html import escape
from pathlib import Path

from ladder.conformance import counts
from ladder.conformance import grid
from ladder.conformance import model
from ladder.conformance.model import LEVELS
from ladder.look import page as look
from ladder.site.sources import Result

EVIDENCE = {
    False: "<code>ladder check --matrix</code> measures all of them again.",
    True: '<a href="evidence.html">All that was run, and what it printed</a>.',
}
STYLE = Path(__file__).with_name("staircase.css")


def page(summary: Result, *, evidence: bool = False) -> str:
    """`evidence`: with a link to all that was run on this machine to measure it."""
    counted = summary["coverage"]
    standfirst = (
        f"{sum(counted.values())} statements of the maturity model. {counted['executable']} are "
        f"proven by running a level's own commands, {counted['settings']} by what GitHub enforces; "
        f"{counted['people']} are about people, {counted['not observable']} cannot be observed. "
        "Each one that can be run was run on all five levels."
    )
    return look.document(
        grid.TITLE,
        look.masthead("The maturity model, measured", grid.TITLE, standfirst),
        f"<div class='scroll' tabindex='0'>{counts.svg(summary)}</div>",
        f"<section><h2>Row by row</h2><p class='hint'>{grid.KEY}</p>"
        f"<div class='scroll' tabindex='0'>{grid.svg(summary)}</div></section>",
        "<section><h2>Statement by statement</h2><p class='hint'>Open one to see why it matters "
        f"and how it is shown. {EVIDENCE[evidence]}</p>",
        f"{''.join(entries(summary))}</section>",
        sheets=(STYLE,),
    )


def entries(summary: Result) -> list[str]:
    """Each statement that was run, in the order of the model, below the name of its row."""
    about = {one.id: one for one in model.read()}
    row, found = "", []
    for one in summary["statements"]:
        if one["as"]:
            continue
        if one["row"] != row:
            row = one["row"]
            found.append(f"<h3>{escape(row)}</h3>")
        found.append(entry(one, about[one["id"]]))
    return found


def entry(one: Result, statement: model.Statement) -> str:
    marks = "".join(mark(level, holds=level in one["holds"]) for level in LEVELS)
    texts = {
        "why": statement.why,
        "looks at": statement.looks_at,
        "to pass it": statement.remedy,
        "costs": statement.cost,
        "answered by": statement.module,
    }
    listed = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in texts.items())
    level = f"<b class='s-l{one['level']}'>{one['level']}</b>"
    line = f"<span>{level} {escape(one['says'])}</span><span class='marks'>{marks}</span>"
    return f"<details><summary>{line}</summary><dl>{listed}</dl></details>"


def mark(level: int, *, holds: bool) -> str:
    said = "holds" if holds else "does not hold"
    return (
        f"<i class='s-l{level}{'' if holds else ' no'}' role='img' "
        f"aria-label='Level {level}: {said}'></i>"
    )
