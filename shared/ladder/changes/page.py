"""A step as a Markdown page that GitHub shows: its files at a glance, then one after the other."""

import re

from ladder.changes import proofs
from ladder.changes.became import Pair
from ladder.changes.became import Part
from ladder.changes.change import Change
from ladder.changes.step import Section
from ladder.changes.step import Step
from ladder.conformance.model import FILE
from ladder.places import LEVELS
from ladder.places import ROOT

NOTE = (
    "<!-- Made by `ladder diff --publish` from the levels' files: what is edited here is lost. -->"
)
LANGUAGES = {"py": "python", "toml": "toml", "yml": "yaml", "md": "markdown"}
REPLACED = "What it replaces"
PUNCTUATION = re.compile(r"[^\w\- ]")


def page(step: Step) -> str:
    lower, upper = step.lower, step.upper
    return (
        "\n\n".join(
            [
                f"# From Level {lower} to Level {upper}",
                NOTE,
                f"{step.idea}\n{counted(step)}",
                f"In the terminal: `ladder diff {lower} {upper}`. Side by side in a browser: "
                f"`ladder diff {lower} {upper} --html`.",
                f"## What hurts at Level {lower}",
                step.hurt,
                f"(From [Level {lower}'s README](../{LEVELS[lower].name}/README.md).)",
                "## At a glance",
                table(step),
                *(part for section in step.sections for part in of_section(section)),
            ]
        ).rstrip()
        + "\n"
    )


def counted(step: Step) -> str:
    """How many files there are to read, and how many lines."""
    read = [one for one in step.changes if not one.instead and not one.is_gone]
    new = [one for one in read if one.is_new]
    lines = sum(one.inserted for one in new)
    changed = [one for one in read if not one.is_new]
    sizes = f"+{sum(one.inserted for one in changed)} -{sum(one.deleted for one in changed)}"
    return f"New: {len(new)} files, {lines:,} lines. Changed: {len(changed)} files, {sizes} lines."


def table(step: Step) -> str:
    rows = ["| file | lines | why |", "|---|---|---|"]
    for section in step.sections:
        rows.append(f"| **{title(section)}** | | |")
        rows += [
            f"| {link(one)} | {one.size} | {cell('; '.join(why.why for why in one.reasons))} |"
            for one in section.changes
        ]
    return "\n".join(rows)


def link(change: Change) -> str:
    name = f"`{change.path}`"
    return name if change.is_gone else f"[{name}](#{anchor(change.path)})"


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def anchor(heading: str) -> str:
    """The name that GitHub gives to a heading."""
    return PUNCTUATION.sub("", heading.lower()).replace(" ", "-")


def title(section: Section) -> str:
    return section.row or REPLACED


def of_section(section: Section) -> list[str]:
    shown = [part for change in section.changes for part in of_change(change)]
    return [f"## {title(section)}", *stated(section), *shown]


def stated(section: Section) -> list[str]:
    """What the maturity model says, and what proves it."""
    statement = section.statement
    if statement is None:
        return []
    model = f"[{statement.id}](../{FILE.relative_to(ROOT).as_posix()})"
    found = [f"> {statement.says} ({model})"]
    proof = [f"[{path}]({path})" for path in section.tests]
    if module := proofs.module_of(statement.check):
        path = f"../{module.relative_to(ROOT).as_posix()}"
        proof.append(f"[{statement.check}]({path}) of `ladder check --matrix`")
    return [*found, f"Proof: {', '.join(proof)}."] if proof else found


def of_change(change: Change) -> list[str]:
    if change.is_gone:
        return [f"- `{change.path}`, {change.size}"]
    why = "; ".join(one.why for one in change.reasons)
    head = f"{why[:1].upper()}{why[1:]}." if why else ""
    kind = "New" if change.is_new else "Changed"
    about = [f"### {change.path}", f"{head} [{kind}]({change.path})"]
    if change.instead:
        picture = f"\n\n![{why}]({change.path})" if change.path.endswith(".svg") else ""
        return [about[0], f"{about[1]}: {change.instead}.{picture}"]
    about[1] += f", {change.size}."
    if change.pairs:
        return about + [part for pair in change.pairs for part in of_pair(pair)]
    if change.is_new:
        body = fenced(change.text, language(change.path))
    else:
        body = fenced("\n".join(change.lines), "diff")
    if change.is_test or change.path.endswith(".ipynb"):
        return [*about, f"<details><summary>{change.path}</summary>", body, "</details>"]
    return [*about, body]


def of_pair(pair: Pair) -> list[str]:
    before = [text for part in pair.before for text in placed("was", part)]
    return [pair.note, *before, *placed("became", pair.after)]


def placed(verb: str, part: Part) -> list[str]:
    return [f"*{verb}* **{part.place}**", fenced(part.code, "python")]


def language(path: str) -> str:
    return LANGUAGES.get(path.rpartition(".")[2], "text")


def fenced(text: str, language: str) -> str:
    """Text between fences that are longer than any in it."""
    longest = max(map(len, re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"
