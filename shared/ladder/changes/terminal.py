"""A step in the terminal: each file with its reason, what it serves, and its differences."""

import os
import sys

from ladder.changes import proofs
from ladder.changes.change import Change
from ladder.changes.parts import Part
from ladder.changes.step import Section
from ladder.changes.step import Step
from ladder.climbing import levels
from ladder.climbing import say

COLOURS = {"-": "31", "+": "32", "@": "36"}


def show(step: Step, asked: list[str]) -> None:
    """Print the step, or of it only the files that are asked for."""
    print(f"{levels.title(step.lower)} -> {levels.title(step.upper)}")
    say.paragraph(step.idea)
    if step.hurt and not asked:
        print(f"\nwhat hurts at Level {step.lower}:")
        say.paragraph(step.hurt, "  ")
    for section in step.sections:
        state(section)
        for change in section.changes:
            show_change(change, asked)
        if section.note:
            say.paragraph(f"what stays: {section.note}", "  ")
    print(f"\n{say.counted(len(step.changes), 'file')}")


def state(section: Section) -> None:
    """What the maturity model says of the files that follow, and what proves it."""
    statement = section.statement
    if not statement:
        return
    print(f"\n{'-' * 8} {section.title}")
    say.paragraph(statement.says, "  ")
    proof = list(section.tests)
    if proofs.module_of(statement.check):
        proof.append(f"{statement.check} of `ladder check --matrix`")
    if proof:
        say.paragraph(f"proof: {', '.join(proof)}", "  ")


def show_change(change: Change, asked: list[str]) -> None:
    print(f"\n{'=' * 8} {change.path}  {change.size}")
    for why in change.reasons:
        print(f"  {why.why} [{why.row}]")
    if change.path not in asked and (change.instead or change.is_gone):
        print(f"  ({change.instead or 'gone'}; name the file to see it)")
        return
    for pair in change.pairs:
        print(f"\n  {pair.note}")
        for part in pair.before:
            show_part(part, "-")
        show_part(pair.after, "+")
    if not change.pairs:
        show_lines(change.lines)
    elif change.beside:
        print(f"\n  new beside it: {', '.join(change.beside)}")


def show_part(part: Part, sign: str) -> None:
    print(f"{sign * 3} {part.place}")
    show_lines([f"{sign}{line}" for line in part.code.splitlines()])


def show_lines(lines: list[str]) -> None:
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for line in lines:
        colour = COLOURS.get(line[:1]) if coloured else None
        print(f"\x1b[{colour}m{line}\x1b[m" if colour else line)
