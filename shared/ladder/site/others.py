"""The end of the index: the pages that are not shown above, and how mission control is started."""

from ladder.site import documents
from ladder.site import trail

CONTROL = "http://127.0.0.1:8000/control"
MORE = {
    "closing.html": "A better feature: the closing chapter",
    "slides.html": "Slides, with notes for the speaker",
    "wall.html": "A wall sheet, A3",
    "data.html": "The data",
    "glossary.html": "The terms",
    "groundcrew.html": "What all levels stand on",
    "ml-test-score.html": "Google's rubric",
    "instructors.html": "For instructors",
}


def more(*, local: bool) -> str:
    """The other pages, and how mission control is started."""
    there = {*documents.inside().values(), *trail.TRAIL}
    links = "".join(
        f'<li><a href="{path}">{name}</a></li>' for path, name in MORE.items() if path in there
    )
    name = "Mission control"
    control = f'<a href="{CONTROL}">{name}</a>' if local else name
    return (
        f'<section aria-labelledby="more"><h2 id="more">And more</h2><ul class="more">{links}</ul>'
        f"<p>{control} is a page of Level 4's running application: start it with "
        f"<code>ladder serve 4</code>, or watch a year go by with <code>ladder live</code>.</p>"
        "</section>"
    )
