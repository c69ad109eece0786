"""Copies cannot drift: what `ladder check` must notice, and that this repository's own levels pass it."""

from pathlib import Path

import pytest

from ladder import check, copies, drift, reasons
from ladder.places import LEVELS

DECLARED = """
[limits]
changed = 4
added = 5

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


@pytest.fixture
def levels(tmp_path: Path) -> dict[int, Path]:
    """Three made-up levels that keep every promise; the first shares nothing with the others."""
    put(tmp_path / "level0_notebook/score.py", "print(1)\n")
    put(tmp_path / "level1_modules/flighttime/train.py", TRAIN)
    put(tmp_path / "level1_modules/flighttime/model.py", "MODEL = 1\n")
    put(tmp_path / "level2_trained/flighttime/train.py", TRAIN.replace("1", "2"))
    put(tmp_path / "level2_trained/flighttime/model.py", "MODEL = 1\n")
    put(tmp_path / "level2_trained/flighttime/pipeline.py", "import flighttime.train\n")
    put(tmp_path / "levels.toml", DECLARED)
    return {0: tmp_path / "level0_notebook", 1: tmp_path / "level1_modules", 2: tmp_path / "level2_trained"}


def put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())


def findings(levels: dict[int, Path], declared: str = DECLARED) -> str:
    file = levels[0].parent / "levels.toml"
    put(file, declared)
    return "\n".join(drift.findings(levels, reasons.read(file)))


def test_levels_that_keep_every_promise_have_no_findings(levels: dict[int, Path]) -> None:
    found = findings(levels)

    assert found == ""


def test_this_repositorys_levels_have_not_drifted() -> None:
    found = drift.findings(LEVELS, reasons.read())

    assert found == []


def test_an_undeclared_difference_is_found(levels: dict[int, Path]) -> None:
    put(levels[2] / "flighttime/model.py", "MODEL = 2\n")

    found = findings(levels)

    assert found.startswith("level2_trained/flighttime/model.py: differs from level1_modules (+1 -1)")


def test_a_difference_of_line_endings_alone_is_found(levels: dict[int, Path]) -> None:
    put(levels[2] / "flighttime/model.py", "MODEL = 1\r\n")

    found = findings(levels)

    assert found.startswith("level2_trained/flighttime/model.py: differs from level1_modules")


def test_an_undeclared_new_file_is_found(levels: dict[int, Path]) -> None:
    put(levels[2] / "flighttime/spare.py", "")

    found = findings(levels)

    assert found.startswith("level2_trained/flighttime/spare.py: is not in level1_modules: declare it")


def test_a_rename_is_found_with_its_new_name(levels: dict[int, Path]) -> None:
    (levels[2] / "flighttime/model.py").rename(levels[2] / "flighttime/estimator.py")

    found = findings(levels)

    assert "model.py: is missing though level1_modules has it, and looks renamed to flighttime/estimator.py" in found


def test_a_declaration_of_a_file_that_no_longer_differs_is_found(levels: dict[int, Path]) -> None:
    put(levels[2] / "flighttime/train.py", TRAIN)

    found = findings(levels)

    assert found == (
        'levels.toml [level.2."creation: data"] flighttime/train.py: '
        "is the same in level2_trained: take the line out"
    )


def test_a_declaration_of_a_file_that_does_not_exist_is_found(levels: dict[int, Path]) -> None:
    found = findings(levels, DECLARED + '"flighttime/gone.py" = "no more"\n')

    assert "flighttime/gone.py: is not a file of level2_trained" in found


@pytest.mark.parametrize(
    ("declared", "finding"),
    [
        (DECLARED.replace('level.2."creation: data"', 'level.2."creation: dta"'), "has no such row"),
        (DECLARED.replace('"one command"', '" "'), "gives no reason"),
        (DECLARED + '[level.2.headline]\n"flighttime/train.py" = "again"\n', "is listed twice"),
        (DECLARED + '[level.7]\nidea = "more"\n', "[level.7]: there is no such level"),
        (DECLARED.replace("idea =", "starts ="), "only [level.1] may say `starts`"),
    ],
    ids=["unknown row", "no reason", "twice", "unknown level", "starts late"],
)
def test_a_declaration_that_says_nothing_useful_is_found(levels: dict[int, Path], declared: str, finding: str) -> None:
    found = findings(levels, declared)

    assert finding in found


@pytest.mark.parametrize(
    "line",
    [
        'FOLDER = "level0_notebook"',
        "# as on level 2",
        "# new since L3",
        "from ladder import places",
        "def at_level_2(): ...",
        'URL = "https://example.org/mlops-ladder"',
    ],
)
def test_code_that_names_a_level_or_the_ladder_is_found(levels: dict[int, Path], line: str) -> None:
    put(levels[0] / "score.py", f"print(1)\n{line}\n")

    found = findings(levels)

    assert found.startswith("level0_notebook/score.py:2: says")


@pytest.mark.parametrize("line", ["zstd(level=3)", "logging.getLevelName(3)", "sublevel_2 = 1", "bladder = 1", "XL2 = 1"])
def test_code_with_levels_of_another_kind_is_left_alone(levels: dict[int, Path], line: str) -> None:
    put(levels[0] / "score.py", f"{line}\n")

    found = findings(levels)

    assert found == ""


def test_prose_and_notebooks_may_name_a_level_but_not_import_the_ladder(levels: dict[int, Path]) -> None:
    put(levels[0] / "README.md", "Level 0 of the ladder\n")
    put(levels[0] / "lab.ipynb", '"source": [\n    "# Level 0 of the ladder\\n"\n')
    put(levels[0] / "explore.ipynb", '"source": [\n    "from ladder import places\\n"\n')

    found = findings(levels)

    assert found.startswith("level0_notebook/explore.ipynb: imports ladder")
    assert "\n" not in found


def test_too_many_changed_lines_are_found(levels: dict[int, Path]) -> None:
    put(levels[2] / "flighttime/train.py", TRAIN + "x = 1\n" * 5)

    found = findings(levels)

    assert found.startswith("level2_trained: 5 lines changed in modules")


def test_too_many_new_lines_are_found(levels: dict[int, Path]) -> None:
    put(levels[2] / "flighttime/pipeline.py", "x = 1\n" * 6)

    found = findings(levels)

    assert found.startswith("level2_trained: 6 lines added in modules")


def test_tests_and_prose_use_up_no_budget(levels: dict[int, Path]) -> None:
    put(levels[2] / "tests/test_pipeline.py", "x = 1\n" * 600)

    found = findings(levels, DECLARED + '"tests/test_pipeline.py" = "proves the pipeline"\n')

    assert found == ""


def test_a_missing_level_is_found(levels: dict[int, Path], tmp_path: Path) -> None:
    found = findings({**levels, 3: tmp_path / "level3_gone"})

    assert found == "level3_gone: the folder is missing"


def test_what_a_run_leaves_behind_is_no_difference(levels: dict[int, Path]) -> None:
    put(levels[2] / "flighttime/__pycache__/train.cpython-313.pyc", "")
    put(levels[2] / ".runs/model.skops", "")

    found = findings(levels)

    assert found == ""


def test_the_description_of_a_step_shows_sizes_and_reasons(levels: dict[int, Path]) -> None:
    declared = reasons.read(levels[0].parent / "levels.toml")

    lines = check.describe(copies.compare(levels, declared)[0], declared).splitlines()

    assert [" ".join(line.split()) for line in lines] == [
        "level1_modules -> level2_trained: it trains by itself",
        "1 identical",
        "1 changed (2 of 4 lines in modules)",
        "flighttime/train.py +1 -1 every run is tracked [creation: data]",
        "1 added (1 of 5 lines in modules)",
        "flighttime/pipeline.py +1 one command [creation: data]",
    ]
