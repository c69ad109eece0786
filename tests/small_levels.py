"""Three small levels and a library that keep every rule, for tests to break one."""

from pathlib import Path

from ladder import drift
from ladder import reasons

DECLARED = """
[limits]
longest_module = 6
longest_line = 40
lab_cells = 2

[limits.level.1]
modules = 2
module_lines = 8
test_lines = 4
readme_lines = 3

[limits.level.2]
modules = 1
module_lines = 5
changed_lines = 4
test_lines = 4
readme_lines = 3

[model]
rows = ["creation: data", "headline"]

[level.1]
starts = "the notebook becomes modules"

[level.2]
idea = "it trains by itself"

[level.2."creation: data"]
"flighttime/train.py" = "every run is tracked"
"flighttime/pipeline.py" = "one command"
"""
TRAIN = "import pandas\n\ndef train():\n    return 1\n"


def make(folder: Path) -> dict[int, Path]:
    """Make the levels; the first one shares nothing with the others."""
    put(folder / "level0_notebook/score.py", "print(1)\n")
    put(folder / "level1_modules/flighttime/train.py", TRAIN)
    put(folder / "level1_modules/flighttime/model.py", "MODEL = 1\n")
    put(folder / "level2_trained/flighttime/train.py", TRAIN.replace("1", "2"))
    put(folder / "level2_trained/flighttime/model.py", "MODEL = 1\n")
    put(folder / "level2_trained/flighttime/pipeline.py", "import flighttime.train\n")
    put(folder / "groundcrew/__init__.py", "")
    put(folder / "groundcrew/files.py", "import os\n")
    put(folder / "levels.toml", DECLARED)
    names = ["level0_notebook", "level1_modules", "level2_trained"]
    return {number: folder / name for number, name in enumerate(names)}


def put(file: Path, text: str) -> None:
    """Write a file with its text as it is, also where the system has other line endings."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())


def findings(levels: dict[int, Path], declared: str = DECLARED) -> str:
    """What the check finds, a line a finding, with these declarations."""
    folder = levels[0].parent
    put(folder / "levels.toml", declared)
    declarations = reasons.read(folder / "levels.toml")
    return "\n".join(drift.findings(levels, declarations, folder / "groundcrew"))
