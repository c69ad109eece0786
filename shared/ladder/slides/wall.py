"""The wall sheet: the incident matrix beside the staircase, on one A3 page."""

from pathlib import Path

from ladder.conformance import grid
from ladder.incidents import page as incidents
from ladder.incidents import picture
from ladder.look import page as look
from ladder.site import sources

STYLE = Path(__file__).with_name("wall.css")
TITLE = "Five levels of MLOps, measured"


def page() -> str:
    result = sources.whole_bad_days()
    return look.document(
        TITLE,
        look.masthead("mlops-ladder", TITLE),
        f"<div class='sheet'><section><h2>{incidents.TITLE}</h2>"
        f"{picture.svg(result, still=False)}</section>"
        f"<section><h2>{grid.TITLE}</h2>{grid.svg(sources.staircase())}"
        f"<p>{grid.KEY}</p></section></div>",
        sheets=(STYLE,),
    )
