"""A step as a Markdown page that GitHub shows: its files at a glance, then one after the other."""

from ladder.changes import entries
from ladder.changes.change import Change
from ladder.changes.step import Step
from ladder.climbing import levels
from ladder.places import LEVELS

NOTE = "<!-- Made by `ladder diff --publish` from the levels' files: edits here are lost. -->"


def page(step: Step) -> str:
    lower, upper = step.lower, step.upper
    blocks = [
        f"# From Level {lower} to {levels.title(upper)}",
        NOTE,
        f"{step.idea}\n{step.counted}",
        f"In the terminal: `ladder diff {lower} {upper}`. Side by side in a browser: "
        f"`ladder diff {lower} {upper} --html`.",
        f"## What hurts at Level {lower}",
        step.hurt,
        f"(From [Level {lower}'s README](../{LEVELS[lower].name}/README.md). Not all of it is "
        f"solved here: see [what still hurts](README.md#what-still-hurts) at Level {upper}.)",
        "## At a glance",
        table(step),
    ]
    for section in step.sections:
        blocks += entries.of_section(section)
    return "\n\n".join(blocks) + "\n"


def table(step: Step) -> str:
    rows = ["| file | lines | why |", "|---|---|---|"]
    for section in step.sections:
        rows.append(f"| **{section.title}** | | |")
        rows += [f"| {link(one)} | {one.size} | {cell(one.why)} |" for one in section.changes]
    return "\n".join(rows)


def link(change: Change) -> str:
    name = f"`{change.path}`"
    return name if change.is_gone else f"[{name}](#{change.anchor})"


def cell(text: str) -> str:
    return text.replace("|", "\\|")
