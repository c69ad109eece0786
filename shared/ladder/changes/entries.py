"""A section of the Markdown page: what the model says, then each file with its differences."""

import re

from ladder.changes import languages
from ladder.changes import proofs
from ladder.changes.became import Pair
from ladder.changes.change import Change
from ladder.changes.parts import Part
from ladder.changes.step import Section
from ladder.conformance.model import FILE
from ladder.places import ROOT


def of_section(section: Section) -> list[str]:
    """The parts of a section, each a block of Markdown."""
    shown = [part for change in section.changes for part in of_change(change)]
    note = [f"What stays: {section.note}"] if section.note else []
    return [f"## {section.title}", *stated(section), *shown, *note]


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
    head = f"{change.why[:1].upper()}{change.why[1:]}." if change.why else ""
    kind = "New" if change.is_new else "Changed"
    about = [f"### {change.path}", f"{head} [{kind}]({change.path})"]
    if change.instead:
        picture = f"\n\n![{change.why}]({change.path})" if change.path.endswith(".svg") else ""
        return [about[0], f"{about[1]}: {change.instead}.{picture}"]
    about[1] += f", {change.size}."
    if change.pairs:
        return [*about, *(part for pair in change.pairs for part in of_pair(pair)), *beside(change)]
    if change.is_new:
        body = fenced(change.text, languages.of(change.path) or "text")
    else:
        body = fenced("\n".join(change.lines), "diff")
    if change.folded:
        return [*about, f"<details><summary>{change.folded}</summary>", body, "</details>"]
    return [*about, body]


def beside(change: Change) -> list[str]:
    """Which functions of the file were made from nothing."""
    names = ", ".join(f"`{name}`" for name in change.beside)
    return [f"New beside it: {names}."] if names else []


def of_pair(pair: Pair) -> list[str]:
    before = [text for part in pair.before for text in placed(0, part)]
    return [pair.note, *before, *placed(1, pair.after)]


def placed(level: int, part: Part) -> list[str]:
    return [f"Level {level}: **{part.place}**", fenced(part.code, "python")]


def fenced(text: str, language: str) -> str:
    """Text between fences that are longer than any in it."""
    longest = max(map(len, re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"
