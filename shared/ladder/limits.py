"""Measure each level against its limits in levels.toml, so that a person can read it."""

import json
from pathlib import Path

from ladder import reading
from ladder.copies import Step
from ladder.copies import files
from ladder.copies import is_module
from ladder.reasons import Reasons

# What each limit counts, and what to do where a level is over it.
COUNTED = {
    "modules": ("modules", "merge two that are one idea, or move machinery to groundcrew"),
    "module_lines": ("lines in modules", "move to groundcrew what is not the level's idea"),
    "changed_lines": (
        "lines inserted and deleted in modules of the level below",
        "let the level below prepare for the step, or add a module instead",
    ),
    "test_lines": (
        "lines in test files",
        "move tests of machinery to tests/groundcrew, and tests of all levels to tests",
    ),
    "readme_lines": ("lines in README.md", "move terms to the glossary and the rest away"),
    "lab_cells": ("cells in lab.ipynb", "keep one idea a cell, move plumbing to groundcrew.lab"),
    "reading_minutes": (
        "minutes to read modules, tests and README.md",
        "remove or move away what is not needed to understand this level",
    ),
}


def findings(levels: dict[int, Path], steps: list[Step], reasons: Reasons) -> list[str]:
    """Every limit that a level exceeds: the file or folder, the number, the limit, the remedy."""
    below = {step.number: step for step in steps}
    found = []
    for number, level in levels.items():
        content = files(level)
        limits = reasons.limits.get(number, reasons.all_limits)
        found += too_long(content, limits, f"{level.name}/")
        if number == reasons.start or number in below:
            found += too_large(level.name, sizes(content, below.get(number)), limits)
    return found


def sizes(content: dict[str, bytes], step: Step | None) -> dict[str, int]:
    """A level's sizes by the names of their limits; without a level below, everything is new."""
    new = set(content) if step is None else {edit.path for edit in step.added}
    changed = [] if step is None else step.changed
    modules = [path for path in new if is_module(path)]
    tests = [path for path in new if is_test(path)]
    changed_tests = sum(edit.lines for edit in changed if is_test(edit.path))
    return {
        "modules": len(modules),
        "module_lines": sum(lines(content[path]) for path in modules),
        "changed_lines": sum(edit.lines for edit in changed if edit.is_module),
        "test_lines": sum(lines(content[path]) for path in tests) + changed_tests,
        "readme_lines": lines(content.get("README.md", b"")),
        "lab_cells": cells(content.get("lab.ipynb")),
        "reading_minutes": reading.minutes(
            sum(reading.code_lines(content[path]) for path in modules + tests)
            + sum(edit.lines for edit in changed if edit.is_module or is_test(edit.path)),
            reading.words(content.get("README.md", b"")),
        ),
    }


def too_large(level: str, measured: dict[str, int], limits: dict[str, int]) -> list[str]:
    """The sizes of a level that are over their limit."""
    return [
        f"{level}: {measured[name]} {counted}, over the limit of {limits[name]}: {remedy}"
        for name, (counted, remedy) in COUNTED.items()
        if measured[name] > limits.get(name, measured[name])
    ]


def too_long(content: dict[str, bytes], limits: dict[str, int], folder: str = "") -> list[str]:
    """The modules with too many lines, and the lines of code with too many characters."""
    found = []
    for path, code in content.items():
        if not path.endswith(".py"):
            continue
        if lines(code) > limits["longest_module"] and not is_test(path):
            found.append(
                f"{folder}{path}: {lines(code)} lines, over the limit of "
                f"{limits['longest_module']}: split it where it holds two ideas"
            )
        for number, line in enumerate(code.decode(errors="replace").splitlines(), start=1):
            if len(line) > limits["longest_line"]:
                found.append(
                    f"{folder}{path}:{number}: {len(line)} characters, over the limit of "
                    f"{limits['longest_line']}: wrap the line"
                )
    return found


def lines(content: bytes) -> int:
    return len(content.splitlines())


def cells(notebook: bytes | None) -> int:
    return 0 if notebook is None else len(json.loads(notebook)["cells"])


def is_test(path: str) -> bool:
    return path.startswith("tests/") and path.endswith(".py")
