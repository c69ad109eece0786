"""Find where a level is not the level below plus what levels.toml declares, or is too large."""

from pathlib import Path

from ladder import imports
from ladder import library
from ladder import limits
from ladder import lock
from ladder import reasons as declarations
from ladder import standalone
from ladder.copies import Step
from ladder.copies import compare
from ladder.copies import files
from ladder.copies import is_module
from ladder.reasons import Reasons


def findings(levels: dict[int, Path], reasons: Reasons, package: Path | None = None) -> list[str]:
    """Every broken rule, in plain words; an empty list means that the repository keeps them all.

    `package` is the library beneath the levels: where it is given, it is checked, and so is what
    the levels install.
    """
    present = {number: level for number, level in levels.items() if level.is_dir()}
    found = [
        f"{level.name}: the folder is missing: restore it from git"
        for number, level in levels.items()
        if number not in present
    ]
    found += declarations.findings(reasons, set(levels))
    for level in present.values():
        content = files(level)
        modules = {path: code for path, code in content.items() if is_module(path)}
        found += standalone.findings(level.name, content)
        found += imports.cycle_findings("flighttime", modules, f"{level.name}: ")
    steps = compare(levels, reasons)
    for step in steps:
        found += _drift(step) + _stale(step, reasons)
    found += limits.findings(present, steps, reasons)
    if package:
        found += library.findings(package, reasons.all_limits)
        found += lock.findings(present, package)
    return found


def _drift(step: Step) -> list[str]:
    declare = f'declare it in levels.toml under [level.{step.number}."a row"]'
    found = [
        f"{step.upper.name}/{edit.path}: differs from {step.lower.name} "
        f"(+{edit.inserted} -{edit.deleted}): "
        f"carry the edit up (ladder carry {edit.path}) or {declare}"
        for edit in step.changed
        if not edit.reason
    ]
    found += [
        f"{step.upper.name}/{edit.path}: is not in {step.lower.name}: {declare}"
        for edit in step.added
        if not edit.reason
    ]
    return found + [_missing(path, step) for path in step.missing]


def _missing(path: str, step: Step) -> str:
    original = (step.lower / path).read_bytes()
    renamed = [e.path for e in step.added if (step.upper / e.path).read_bytes() == original]
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
