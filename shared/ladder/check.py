"""`ladder check`: shows what each step up adds and whether anything else has drifted."""

import argparse

from ladder import copies, drift, reasons
from ladder.copies import Edit, Step
from ladder.places import LEVELS
from ladder.reasons import Reasons


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has none: every step is checked, always."""


def main(arguments: argparse.Namespace) -> int:
    declared = reasons.read()
    for step in copies.compare(LEVELS, declared):
        print(describe(step, declared), end="\n\n")
    return verdict(drift.findings(LEVELS, declared))


def verdict(found: list[str]) -> int:
    """Print the findings, or that there are none; the exit code."""
    for finding in found:
        print(f"- {finding}")
    print(f"{len(found)} to put right" if found else "no drift")
    return 1 if found else 0


def describe(step: Step, declared: Reasons) -> str:
    lines, limits = copies.budget(step), declared.limits.get(step.number, {"changed": 0, "added": 0})
    return "\n".join(
        [
            f"{step.lower.name} -> {step.upper.name}: {declared.ideas.get(step.number, '')}",
            f"  {len(step.identical)} identical",
            f"  {len(step.changed)} changed ({lines['changed']} of {limits['changed']} lines in modules)",
            *(_line(edit, f"+{edit.inserted} -{edit.deleted}") for edit in step.changed),
            f"  {len(step.added)} added ({lines['added']} of {limits['added']} lines in modules)",
            *(_line(edit, f"+{edit.inserted}") for edit in step.added),
        ]
    )


def _line(edit: Edit, size: str) -> str:
    why = f"{edit.reason.why} [{edit.reason.row}]" if edit.reason else "not declared"
    return f"    {edit.path:<34} {size:>10}  {why}"
