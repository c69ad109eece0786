"""The slides on the levels: what each is about, and what still hurts there."""

from ladder import reasons
from ladder.cli import HELP
from ladder.look import flow
from ladder.look.svg import element
from ladder.places import LEVELS as FOLDERS
from ladder.places import ROOT
from ladder.site import markdown
from ladder.site import sources
from ladder.site import texts
from ladder.slides.slide import Slide
from ladder.slides.slide import figures
from ladder.slides.slide import paragraph
from ladder.slides.slide import points

LEVELS = tuple(FOLDERS)
MEASURES = {
    "mae": ("minutes of error, mean", ".2f"),
    "releases": ("new models in the year", ".0f"),
    "manual_steps_per_release": ("steps by hand, a release", ".0f"),
}
STEP = {"width": 100, "height": 100}
PICTURE_NOTES = "A dotted arrow is a person's work. In the level's colour: what is new."
AFTERWARDS = ("run", "start", "lab", "incidents", "live")


def opening() -> Slide:
    readme = (ROOT / "README.md").read_text(encoding="utf-8").split("\n\n")
    _, task, *rest = texts.SENTENCE.split(" ".join(readme[1].split()))
    return Slide(
        "One model, five levels of automation",
        "mlops-ladder",
        f"{paragraph(task)}{stairs()}",
        points(rest),
        kind="cover",
    )


def stairs() -> str:
    """Five steps in the five colours."""
    steps = (
        element("rect", class_=f"dot s-l{level}", x=100 * level, y=80 - 20 * level, **STEP)
        for level in LEVELS
    )
    size = {"viewBox": "0 0 500 100", "preserveAspectRatio": "none"}
    return element("svg", *steps, class_="chart stairs", aria_hidden="true", **size)


def overview() -> Slide:
    steps = "".join(
        f'<li class="s-l{level}"><b>{level} · {markdown.inline(texts.name(level))}</b>'
        f"<span>{markdown.inline(texts.idea(level))}</span></li>"
        for level in LEVELS
    )
    starts = (f"Level {level}: {texts.pain(level)} {texts.cure(level)}" for level in LEVELS)
    return Slide("The ladder", "Five levels", f'<ol class="steps">{steps}</ol>', points(starts))


def level(number: int) -> Slide:
    """The pain of the level below, what this one does about it, and how its year was."""
    row = next(one for one in sources.whole_year()["levels"] if one["level"] == number)
    counted = [
        (format(row[name], digits), words)
        for name, (words, digits) in MEASURES.items()
        if row[name] is not None
    ]
    pain, cure = texts.pain(number), texts.cure(number)
    declared = reasons.read().files.get(number, [])
    files = [f"`{one.path}`: {one.why}" for one in declared if is_read(one.path)]
    return Slide(
        f"Level {number}",
        texts.name(number),
        f'<p class="soft">{markdown.inline(pain)}</p>{paragraph(cure)}{figures(counted)}',
        f"<p>{markdown.inline(texts.idea(number))}</p>{new(files)}"
        f"<p>Show it: <code>ladder shell {number}</code>, and the walk of its README.</p>",
        level=number,
    )


def is_read(path: str) -> bool:
    """Whether a file is what a level teaches: a module, or a workflow."""
    return path.endswith((".py", ".yml")) and not path.startswith("tests/")


def new(files: list[str]) -> str:
    return f"<p>What is new, file by file:</p>{points(files)}" if files else ""


def picture(number: int) -> list[Slide]:
    """The way of the data and of the hand-offs, as the README draws it."""
    source, heading = texts.picture(number)
    if not source:
        return []
    notes = paragraph(PICTURE_NOTES) + paragraph(texts.idea(number))
    drawn = flow.svg(source, number)
    return [Slide(f"Level {number}", heading, drawn, notes, level=number, kind="flowing")]


def hurts(number: int) -> Slide:
    texts_here = texts.hurts(number)
    above = number + 1
    answer = f"Level {above}: {texts.cure(above)}" if above in LEVELS else "The closing chapter."
    return Slide(
        f"Level {number}",
        texts.HURTS,
        points(texts_here),
        f"<p>Ask first: what would you fear here? What answers it next:</p>{paragraph(answer)}",
        level=number,
    )


def ending() -> Slide:
    commands = [f"`ladder {name}`: {HELP[name]}" for name in AFTERWARDS]
    return Slide("Afterwards", "Climb it yourself", points(commands), points([HELP["check"]]))
