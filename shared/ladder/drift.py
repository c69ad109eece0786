"""A level is the level below plus what levels.toml declares; this finds where that is not so."""

from pathlib import Path

from ladder import reasons as declarations
from ladder import standalone
from ladder.copies import Step, budget, compare, files
from ladder.reasons import Reasons


def findings(levels: dict[int, Path], reasons: Reasons) -> list[str]:
    """Everything that breaks the promise, in plain words; an empty list means that no copy has drifted."""
    present = {number: level for number, level in levels.items() if level.is_dir()}
    found = [f"{level.name}: the folder is missing" for number, level in levels.items() if number not in present]
    found += declarations.findings(reasons, set(levels))
    for level in present.values():
        found += standalone.findings(level.name, files(level))
    for step in compare(levels, reasons):
        found += _drift(step) + _stale(step, reasons) + _too_long(step, reasons)
    return found


def _drift(step: Step) -> list[str]:
    declare = f'declare it in levels.toml under [level.{step.number}."a row"]'
    found = [
        f"{step.upper.name}/{edit.path}: differs from {step.lower.name} (+{edit.inserted} -{edit.deleted}): "
        f"carry the edit up (ladder carry {edit.path}) or {declare}"
        for edit in step.changed
        if not edit.reason
    ]
    found += [
        f"{step.upper.name}/{edit.path}: is not in {step.lower.name}: {declare}"
        for edit in step.added
        if not edit.reason
    ]
    return found + [_gone(path, step) for path in step.missing]


def _gone(path: str, step: Step) -> str:
    original = (step.lower / path).read_bytes()
    renamed = [edit.path for edit in step.added if (step.upper / edit.path).read_bytes() == original]
    became = f", and looks renamed to {renamed[0]}" if renamed else ""
    return (
        f"{step.upper.name}/{path}: is missing though {step.lower.name} has it{became}: "
        f"a step only adds and changes, so bring it back (ladder carry {path})"
    )


def _stale(step: Step, reasons: Reasons) -> list[str]:
    used = {edit.path for edit in step.changed + step.added}
    return [
        f'levels.toml [level.{step.number}."{reason.row}"] {reason.path}: '
        + ("is the same in" if reason.path in step.identical else "is not a file of")
        + f" {step.upper.name}: take the line out"
        for reason in reasons.files.get(step.number, [])
        if reason.path not in used
    ]


def _too_long(step: Step, reasons: Reasons) -> list[str]:
    lines = budget(step)
    return [
        f"{step.upper.name}: {lines[kind]} lines {kind} in modules, and a step that reads well has at most {limit}: "
        f"shorten it, or let {step.lower.name} prepare for it"
        for kind, limit in reasons.limits.get(step.number, {}).items()
        if lines[kind] > limit
    ]
