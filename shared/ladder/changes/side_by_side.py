"""A step as one page for a browser: both versions side by side, without network or scripts."""

import re
from html import escape
from pathlib import Path

from ladder.changes import entries
from ladder.changes import proofs
from ladder.changes import sides
from ladder.changes.change import Change
from ladder.changes.step import Section
from ladder.changes.step import Step
from ladder.climbing import levels
from ladder.errors import LadderError
from ladder.places import RUNS
from ladder.report.page import head
from ladder.report.write import write_atomically

CSS = Path(__file__).with_name("page.css")
REPORT_CSS = CSS.parents[1] / "report" / "page.css"


def write(step: Step, *, is_whole: bool) -> Path:
    """Write the page; returns where it is. A part of a step does not replace the whole one."""
    name = f"{step.lower}-{step.upper}{'' if is_whole else '-part'}.html"
    file = RUNS / "diff" / name
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, html(step))
    except OSError as problem:
        raise LadderError(
            f"{file} cannot be written ({problem.strerror}): set LADDER_RUNS to another folder"
        ) from None
    return file


def html(step: Step) -> str:
    title = f"From Level {step.lower} to Level {step.upper}"
    heads = level_name(step.lower), level_name(step.upper)
    hurt = f"<section><h2>What hurts at Level {step.lower}</h2>{items(step.hurt)}</section>"
    parts = "".join(of_section(section, heads) for section in step.sections)
    return (
        f"{head(title, REPORT_CSS, CSS)}<main><header><p class='kicker'>mlops-ladder</p>"
        f"<h1>{title}</h1><p class='standfirst'>{escape(step.idea)} "
        f"{escape(step.counted)}</p></header>{hurt if step.hurt else ''}"
        f"{glance(step)}{parts}</main></body></html>\n"
    )


def level_name(level: int) -> str:
    return f"<span class='s-l{level}'><i></i></span>{escape(levels.title(level))}"


def items(text: str) -> str:
    """The list of a README; its links lead to other files, so that only their words stay."""
    plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text)
    found = [" ".join(item.split()) for item in re.split(r"^- ", plain, flags=re.MULTILINE)]
    return f"<ul>{''.join(f'<li>{inline(item)}</li>' for item in found if item)}</ul>"


def inline(text: str) -> str:
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", text)


def glance(step: Step) -> str:
    rows = []
    for section in step.sections:
        rows.append(f"<tr><th colspan='3'>{escape(section.title)}</th></tr>")
        rows += [
            f"<tr><td><a href='#{one.anchor}'><code>{escape(one.path)}</code></a></td>"
            f"<td class='size'>{one.size}</td><td>{inline(one.why)}</td></tr>"
            for one in section.changes
        ]
    table = f"<table class='words glance'><tbody>{''.join(rows)}</tbody></table>"
    return f"<section><h2>At a glance</h2><div class='scroll'>{table}</div></section>"


def of_section(section: Section, heads: tuple[str, str]) -> str:
    shown = "".join(of_change(change, heads) for change in section.changes)
    note = f"<p>What stays: {inline(section.note)}</p>" if section.note else ""
    about = f"<h2>{escape(section.title)}</h2>{stated(section)}"
    return f"<section>{about}{shown}{note}</section>"


def stated(section: Section) -> str:
    statement = section.statement
    if statement is None:
        return ""
    anchors = {change.path: change.anchor for change in section.changes}
    proof = [
        f"<a href='#{anchors[path]}'>{path}</a>" if path in anchors else path
        for path in section.tests
    ]
    if proofs.module_of(statement.check):
        proof.append(f"<code>{statement.check}</code> of <code>ladder check --matrix</code>")
    proven = f"<p class='by'>Proof: {', '.join(proof)}.</p>" if proof else ""
    says = f"{escape(statement.says)} <small>{statement.id}</small>"
    return f"<blockquote>{says}</blockquote>{proven}"


def of_change(change: Change, heads: tuple[str, str]) -> str:
    kind = "gone" if change.is_gone else "new" if change.is_new else "changed"
    about = f"<h3 id='{change.anchor}'><code>{escape(change.path)}</code></h3>"
    said = f"{inline(change.why)} <small>{kind}, {change.size}</small>".strip()
    return f"<article>{about}<p>{said}</p>{differences(change, heads)}</article>"


def differences(change: Change, heads: tuple[str, str]) -> str:
    if change.instead:
        return f"<p class='hint'>{change.instead[:1].upper()}{change.instead[1:]}.</p>"
    if change.pairs:
        notes = "".join(
            f"<p>{inline(pair.note)}</p>{sides.pair(pair, heads)}" for pair in change.pairs
        )
        return notes + "".join(
            f"<p class='hint'>{inline(one)}</p>" for one in entries.beside(change)
        )
    shown = sides.table(change, heads)
    if change.folded:
        return f"<details><summary>{change.folded}</summary>{shown}</details>"
    return shown
