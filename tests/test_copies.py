"""Copies cannot drift: what `ladder check` finds, and that this repository's levels pass it."""

from pathlib import Path

import pytest
import small_levels
from small_levels import DECLARED
from small_levels import TRAIN
from small_levels import findings
from small_levels import put

from ladder import check
from ladder import copies
from ladder import drift
from ladder import reasons
from ladder.places import GROUNDCREW
from ladder.places import LEVELS


@pytest.fixture
def levels(tmp_path: Path) -> dict[int, Path]:
    return small_levels.make(tmp_path)


def test_levels_that_keep_every_promise_have_no_findings(levels: dict[int, Path]) -> None:
    found = findings(levels)

    assert found == ""


def test_this_repositorys_levels_have_not_drifted() -> None:
    found = drift.findings(LEVELS, reasons.read(), GROUNDCREW)

    assert found == []


def test_a_stale_lock_is_found(tmp_path: Path) -> None:
    levels = small_levels.make(tmp_path / "library/src")
    put(tmp_path / "library/pyproject.toml", "[project]\ndependencies = []\n")
    put(levels[2] / "requirements.txt", "pandas\n")
    put(levels[2] / "requirements.lock", "pandas==1.0\n")

    found = findings(levels)

    assert "level2_trained/requirements.lock: is not what requirements.txt, groundcrew" in found


def test_an_undeclared_difference_is_found(levels: dict[int, Path]) -> None:
    put(levels[2] / "flighttime/model.py", "MODEL = 2\n")

    found = findings(levels)

    assert found.startswith(
        "level2_trained/flighttime/model.py: differs from level1_modules (+1 -1)"
    )


def test_a_difference_of_line_endings_alone_is_found(levels: dict[int, Path]) -> None:
    put(levels[2] / "flighttime/model.py", "MODEL = 1\r\n")

    found = findings(levels)

    assert found.startswith("level2_trained/flighttime/model.py: differs from level1_modules")


def test_an_undeclared_new_file_is_found(levels: dict[int, Path]) -> None:
    put(levels[2] / "flighttime/spare.py", "")

    found = findings(levels)

    assert found.startswith(
        "level2_trained/flighttime/spare.py: is not in level1_modules: declare it"
    )


def test_a_rename_is_found_with_its_new_name(levels: dict[int, Path]) -> None:
    (levels[2] / "flighttime/model.py").rename(levels[2] / "flighttime/estimator.py")

    found = findings(levels)

    assert (
        "model.py: is missing though level1_modules has it, "
        "and looks renamed to flighttime/estimator.py" in found
    )


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
        (
            DECLARED.replace('level.2."creation: data"', 'level.2."creation: dta"'),
            "has no such row",
        ),
        (DECLARED.replace('"one command"', '" "'), "gives no reason"),
        (DECLARED + '[level.2.headline]\n"flighttime/train.py" = "again"\n', "is listed twice"),
        (DECLARED + '[level.7]\nidea = "more"\n', "[level.7]: there is no such level"),
        (DECLARED.replace("idea =", "starts ="), "only [level.1] may say `starts`"),
    ],
    ids=["unknown row", "no reason", "twice", "unknown level", "starts late"],
)
def test_a_declaration_that_says_nothing_useful_is_found(
    levels: dict[int, Path], declared: str, finding: str
) -> None:
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


@pytest.mark.parametrize(
    "line", ["zstd(level=3)", "logging.getLevelName(3)", "sublevel_2 = 1", "bladder = 1", "XL2 = 1"]
)
def test_code_with_levels_of_another_kind_is_left_alone(levels: dict[int, Path], line: str) -> None:
    put(levels[0] / "score.py", f"{line}\n")

    found = findings(levels)

    assert found == ""


def test_prose_and_notebooks_may_name_a_level_but_not_import_the_ladder(
    levels: dict[int, Path],
) -> None:
    put(levels[0] / "README.md", "Level 0 of the ladder\n")
    put(levels[0] / "lab.ipynb", '"source": [\n    "# Level 0 of the ladder\\n"\n')
    put(levels[0] / "explore.ipynb", '"source": [\n    "from ladder import places\\n"\n')

    found = findings(levels)

    assert found.startswith("level0_notebook/explore.ipynb: imports ladder")
    assert "\n" not in found


def test_a_missing_level_is_found(levels: dict[int, Path], tmp_path: Path) -> None:
    found = findings({**levels, 3: tmp_path / "level3_gone"})

    assert found == "level3_gone: the folder is missing: restore it from git"


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
        "1 of 1 modules",
        "1 of 5 lines in modules",
        "2 of 4 lines inserted and deleted in modules of the level below",
        "0 of 4 lines in test files",
        "0 of 3 lines in README.md",
        "0 of 2 cells in lab.ipynb",
        "1 identical",
        "1 changed",
        "flighttime/train.py +1 -1 every run is tracked [creation: data]",
        "1 added",
        "flighttime/pipeline.py +1 one command [creation: data]",
    ]
