"""Each limit and each rule of imports, proven by a small level or library that breaks it."""

import json
from pathlib import Path

import pytest
import small_levels
from small_levels import DECLARED
from small_levels import findings
from small_levels import put

from ladder import imports
from ladder import reading
from ladder import reasons
from ladder.errors import LadderError
from ladder.places import GROUNDCREW
from ladder.places import LEVELS

SIZES = {
    1: {"modules": 12, "module_lines": 500, "test_lines": 350, "readme_lines": 100},
    2: {"modules": 7, "module_lines": 380, "changed_lines": 70, "readme_lines": 100},
    3: {"modules": 8, "module_lines": 450, "changed_lines": 80, "readme_lines": 110},
    4: {"modules": 8, "module_lines": 550, "changed_lines": 70, "readme_lines": 120},
}
EVERY_LEVEL = {"longest_module": 120, "longest_line": 100, "lab_cells": 20}


@pytest.fixture
def levels(tmp_path: Path) -> dict[int, Path]:
    return small_levels.make(tmp_path)


def test_levels_within_their_limits_have_no_findings(levels: dict[int, Path]) -> None:
    put(levels[1] / "tests/test_train.py", "x = 1\n" * 4)
    put(levels[2] / "tests/test_train.py", "x = 1\n" * 4)
    put(levels[1] / "README.md", "text\n" * 3)
    put(levels[2] / "README.md", "text\n" * 3)

    assert findings(levels) == ""


def test_the_limits_are_those_of_the_design() -> None:
    limits = reasons.read().limits

    assert limits.keys() == SIZES.keys()
    for number, sizes in SIZES.items():
        read = {"test_lines": 350, "reading_minutes": 60}
        if number > 1:
            read = {"test_lines": 400, "reading_minutes": 75}
        assert limits[number] == sizes | read | EVERY_LEVEL


def test_too_many_modules_are_found(levels: dict[int, Path]) -> None:
    put(levels[1] / "flighttime/a.py", "")
    put(levels[2] / "flighttime/a.py", "")

    found = findings(levels)

    assert found.startswith("level1_modules: 3 modules, over the limit of 2: merge two")
    assert "\n" not in found


def test_too_many_new_modules_are_found(levels: dict[int, Path]) -> None:
    put(levels[2] / "flighttime/a.py", "")

    found = findings(levels, DECLARED + '"flighttime/a.py" = "more"\n')

    assert found.startswith("level2_trained: 2 modules, over the limit of 1: merge two")


def test_too_many_lines_in_modules_are_found(levels: dict[int, Path]) -> None:
    for number in (1, 2):
        put(levels[number] / "flighttime/model.py", "MODEL = 1\n" * 5)

    found = findings(levels)

    assert found.startswith("level1_modules: 9 lines in modules, over the limit of 8: move")


def test_too_many_lines_in_new_modules_are_found(levels: dict[int, Path]) -> None:
    put(levels[2] / "flighttime/pipeline.py", "x = 1\n" * 6)

    found = findings(levels)

    assert found.startswith("level2_trained: 6 lines in modules, over the limit of 5: move")


def test_too_many_changed_lines_are_found(levels: dict[int, Path]) -> None:
    put(levels[2] / "flighttime/train.py", "x = 1\n")

    found = findings(levels)

    assert found.startswith("level2_trained: 5 lines inserted and deleted in modules of the level")
    assert "over the limit of 4: let the level below prepare" in found


def test_too_many_lines_of_tests_are_found(levels: dict[int, Path]) -> None:
    for number in (1, 2):
        put(levels[number] / "tests/test_train.py", "x = 1\n" * 5)

    found = findings(levels)

    assert found.startswith("level1_modules: 5 lines in test files, over the limit of 4: move")
    assert "\n" not in found, "a test file that is as below counts there only"


def test_a_test_file_that_is_changed_counts_by_its_changed_lines(levels: dict[int, Path]) -> None:
    put(levels[1] / "tests/test_train.py", "x = 1\n" * 4)
    put(levels[2] / "tests/test_train.py", "x = 1\n" * 2 + "y = 1\n" * 2)
    put(levels[2] / "tests/test_pipeline.py", "x = 1\n")
    more = '"tests/test_train.py" = "more"\n"tests/test_pipeline.py" = "more"\n'

    found = findings(levels, DECLARED + more)

    assert found.startswith("level2_trained: 5 lines in test files, over the limit of 4: move")


@pytest.mark.parametrize("number", [1, 2])
def test_a_long_readme_is_found(levels: dict[int, Path], number: int) -> None:
    put(levels[1] / "README.md", "text\n")
    put(levels[2] / "README.md", "text\n")
    put(levels[number] / "README.md", "text\n" * 4)

    found = findings(levels, DECLARED + '"README.md" = "the story"\n')

    assert f"{levels[number].name}: 4 lines in README.md, over the limit of 3: move" in found


def test_a_level_that_takes_too_long_to_read_is_found(levels: dict[int, Path]) -> None:
    for number in (1, 2):
        put(levels[number] / "README.md", "word " * 450)
    limit = DECLARED.replace("modules = 2\n", "modules = 2\nreading_minutes = 3\n")

    found = findings(levels, limit)

    assert found.startswith("level1_modules: 4 minutes to read modules, tests and README.md, over")
    assert "over the limit of 3: remove or move away" in found
    assert "\n" not in found


def test_blank_lines_and_imports_take_no_time_to_read() -> None:
    code = b"import os\nfrom pathlib import Path\n\n\ndef root():\n    return Path(os.sep)\n"

    assert reading.code_lines(code) == 2
    assert reading.minutes(code_lines=20, words=0) == 2
    assert reading.minutes(code_lines=0, words=300) == 2
    assert reading.minutes(code_lines=11, words=0) == 2, "a minute that is begun counts"


def test_too_many_cells_of_a_lab_are_found(levels: dict[int, Path]) -> None:
    for number in (1, 2):
        put(levels[number] / "lab.ipynb", json.dumps({"cells": [{}] * 3}))

    found = findings(levels)

    for number in (1, 2):
        assert f"{levels[number].name}: 3 cells in lab.ipynb, over the limit of 2: keep" in found


def test_a_long_module_is_found(levels: dict[int, Path]) -> None:
    put(levels[1] / "flighttime/model.py", "\n" * 7)
    put(levels[2] / "flighttime/model.py", "\n" * 7)

    found = findings(levels)

    where = "level2_trained/flighttime/model.py"
    assert f"{where}: 7 lines, over the limit of 6: split it" in found


def test_a_long_module_of_the_library_is_found(levels: dict[int, Path], tmp_path: Path) -> None:
    put(tmp_path / "groundcrew/files.py", "\n" * 7)

    found = findings(levels)

    assert found.startswith("groundcrew/files.py: 7 lines, over the limit of 6: split it")


@pytest.mark.parametrize(
    "file",
    [
        "level0_notebook/score.py",
        "level2_trained/flighttime/pipeline.py",
        "groundcrew/files.py",
    ],
)
def test_a_long_line_is_found(levels: dict[int, Path], tmp_path: Path, file: str) -> None:
    put(tmp_path / file, f"\nx = '{'é' * 40}'\n")

    found = findings(levels)

    assert found == f"{file}:2: 46 characters, over the limit of 40: wrap the line"


def test_data_and_prose_may_have_long_lines(levels: dict[int, Path]) -> None:
    put(levels[0] / "README.md", "x" * 200)

    assert findings(levels) == ""


def test_a_level_without_limits_is_found(levels: dict[int, Path]) -> None:
    found = findings(levels, DECLARED.replace("[limits.level.2]", "[limits.level.3]"))

    assert found == "levels.toml: has no [limits.level.2]: write the level's limits there"


@pytest.mark.parametrize(
    "importing",
    [
        "from flighttime import train\n",
        "import flighttime.train\n",
        "from . import train\n",
        "from .train import fit\n",
        "def late():\n    from flighttime.train import fit\n",
        "if TYPE_CHECKING:\n    from flighttime.train import fit\n",
    ],
    ids=["from", "import", "relative", "relative name", "in a function", "for types only"],
)
def test_a_cycle_of_imports_is_found(levels: dict[int, Path], importing: str) -> None:
    put(levels[2] / "flighttime/pipeline.py", importing)
    put(levels[2] / "flighttime/train.py", "from flighttime import pipeline\n")

    found = findings(levels, DECLARED.replace("changed_lines = 4", "changed_lines = 9"))

    cycle = ["pipeline", "train", "pipeline"]
    named = " imports ".join(f"flighttime.{module}" for module in cycle)
    assert found == (
        f"level2_trained: {named}: pass in what one of them needs, "
        "or move what both need to a third module"
    )


def test_a_cycle_of_imports_in_the_library_is_found(
    levels: dict[int, Path],
    tmp_path: Path,
) -> None:
    put(tmp_path / "groundcrew/tables/__init__.py", "from groundcrew.tables import rows\n")
    put(tmp_path / "groundcrew/tables/rows.py", "from groundcrew.tables import Table\n")

    found = findings(levels)

    assert found.startswith(
        "groundcrew.tables imports groundcrew.tables.rows imports groundcrew.tables: pass in"
    )


def test_every_cycle_is_found_and_names_the_direction_of_its_imports() -> None:
    modules = {
        "pkg/a.py": b"from pkg import b",
        "pkg/b.py": b"from pkg import c",
        "pkg/c.py": b"from pkg import a",
        "pkg/d.py": b"from pkg import e",
        "pkg/e.py": b"from pkg import d, other\nimport os",
    }

    cycles = list(imports.cycles(imports.graph("pkg", modules)))

    assert len(cycles) == 2
    for cycle in cycles:
        for importing, imported in zip(cycle, cycle[1:], strict=False):
            assert imported in imports.graph("pkg", modules)[importing]


@pytest.mark.parametrize("name", ["flighttime", "ladder"])
def test_a_library_that_imports_what_stands_on_it_is_found(
    levels: dict[int, Path],
    tmp_path: Path,
    name: str,
) -> None:
    put(tmp_path / "groundcrew/files.py", f"def late():\n    from {name} import x\n")

    found = findings(levels)

    assert f"groundcrew/files.py: imports {name}: groundcrew " in found


@pytest.mark.parametrize("text", ["as on level 2", "new in L3", "the ladder"])
@pytest.mark.parametrize("file", ["files.py", "web/page.html"])
def test_a_library_that_names_a_level_is_found(
    levels: dict[int, Path],
    tmp_path: Path,
    file: str,
    text: str,
) -> None:
    put(tmp_path / "groundcrew" / file, f"# {text}\n")

    found = findings(levels)

    assert found.startswith(f"groundcrew/{file}:1: says")


def test_a_module_that_is_not_python_is_named(levels: dict[int, Path]) -> None:
    put(levels[1] / "flighttime/model.py", "MODEL =\n")

    with pytest.raises(LadderError, match="model.py:1: is not Python"):
        findings(levels)


def test_the_places_that_are_checked_exist() -> None:
    assert all(level.is_dir() for level in LEVELS.values())
    assert (GROUNDCREW / "__init__.py").is_file()
