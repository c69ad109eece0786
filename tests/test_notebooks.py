"""Every notebook runs from top to bottom, and prints the output that is stored in it."""

import ast
import base64
import io
import os
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from level_runs import starter
from PIL import Image
from PIL import PngImagePlugin

from ladder import places
from ladder import renew
from ladder.errors import LadderError

FOUND = sorted(path for level in places.LEVELS.values() for path in level.rglob("*.ipynb"))
NOTEBOOKS = [path for path in FOUND if ".ipynb_checkpoints" not in path.parts]
NAMES = [path.relative_to(places.ROOT).as_posix() for path in NOTEBOOKS]
WRITTEN_BY_PYTHON = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", ".pytest_cache")
NOT_FOR_NOTEBOOKS = ("FLIGHTTIME_", "GITHUB_", "PYTEST_", "PYTHONDONTWRITEBYTECODE")
MAX_CHARACTERS = 100_000  # of a stored notebook
# What a person may have typed before, in a terminal that followed the READMEs.
TYPED_BEFORE = {
    "FLIGHTTIME_TODAY": "2013-03-01",
    "FLIGHTTIME_APP": "http://127.0.0.1:9",
    "FLIGHTTIME_ENVIRONMENT": "staging",
}
COMMON = ["set-up"]  # cells of the labs
# What is defined in Level 0's notebook and, word for word, in a module of Level 1.
SAME_CODE = {
    "CATEGORIES": "features.py",
    "NUMBERS": "features.py",
    "FEATURES": "features.py",
    "TARGET": "features.py",
    "UNREGISTERED": "features.py",
    "derive": "features.py",
    "minutes_after_midnight": "features.py",
    "utc_offset": "features.py",
    "build": "model.py",
}


def run(notebook: Path, state: Path, python: str) -> subprocess.CompletedProcess:
    """Run a notebook in its folder, in a terminal that was used, and compare each output."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(NOT_FOR_NOTEBOOKS)
    }
    environment |= {
        "FLIGHTTIME_FEED": str(places.FEED),
        "FLIGHTTIME_RUNS": str(state),
        "OMP_NUM_THREADS": "1",
        # The other plugins take a second to import.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        **TYPED_BEFORE,
    }
    command = [
        python,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "nbval.plugin",
        "--nbval",
        "--nbval-current-env",
    ]
    return subprocess.run(
        [*command, notebook.name],
        cwd=notebook.parent,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )


def number_cells(notebook: Path) -> None:
    """Give each cell a number: nbval refuses outputs without, and `renew` stores none."""
    content = nbformat.read(notebook, as_version=4)
    cells = [cell for cell in content.cells if cell.cell_type == "code"]
    for number, cell in enumerate(cells, 1):
        cell.execution_count = number
    nbformat.write(content, notebook)


def outputs(notebook: Path) -> list[nbformat.NotebookNode]:
    cells = nbformat.read(notebook, as_version=4).cells
    return [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]


def contents(folder: Path) -> dict[str, bytes]:
    files = [
        path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=NAMES)
def test_a_notebook_shows_what_it_showed_and_writes_only_to_its_state(
    notebook: Path, tmp_path: Path
):
    level = next(level for level in places.LEVELS.values() if notebook.is_relative_to(level))
    copy = tmp_path / level.name
    shutil.copytree(level, copy, ignore=WRITTEN_BY_PYTHON)
    number_cells(copy / notebook.relative_to(level))
    before = contents(copy)

    # Level 0's has an ordinary start in test_walks.py.
    ran = run(copy / notebook.relative_to(level), tmp_path / "state", starter().python)

    meant = f"if the change is meant: python3 ladder.py renew {notebook}"
    assert ran.returncode == 0, f"{ran.stdout}{ran.stderr}\n{meant}"
    assert contents(copy) == before


@pytest.mark.slow
def test_an_output_that_changed_is_noticed(tmp_path: Path):
    shown = nbformat.v4.new_output("stream", name="stdout", text="3\n")
    cell = nbformat.v4.new_code_cell("print(1 + 1)", outputs=[shown], execution_count=1)
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(
        nbformat.v4.new_notebook(cells=[cell], metadata=kernel), tmp_path / "wrong.ipynb"
    )

    ran = run(tmp_path / "wrong.ipynb", tmp_path / "state", starter().python)

    assert ran.returncode == 1
    assert "1 failed" in ran.stdout


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=NAMES)
def test_a_notebook_is_stored_as_renew_leaves_it(notebook: Path, tmp_path: Path):
    tidy = nbformat.read(notebook, as_version=4)

    renew.tidy(tidy)

    nbformat.write(tidy, tmp_path / "tidy.ipynb")
    stored = notebook.read_text(encoding="utf-8")
    assert stored == (tmp_path / "tidy.ipynb").read_text(encoding="utf-8")
    assert len(stored) < MAX_CHARACTERS


def test_what_another_run_would_change_is_not_stored():
    streams = [nbformat.v4.new_output("stream", name="stdout", text=text) for text in ("a", "b")]
    figure = nbformat.v4.new_output("display_data", data={"image/png": image("3.11.2")})
    value = nbformat.v4.new_output("execute_result", data={"text/plain": "3"}, execution_count=7)
    cell = nbformat.v4.new_code_cell("1", outputs=[*streams, figure, value], execution_count=7)
    other = nbformat.v4.new_output("display_data", data={"image/png": image("4.0")})
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": 1})

    renew.tidy(notebook)
    renew.tidy_output(other)

    shown, plot, result = cell.outputs
    assert (shown.text, cell.execution_count, result.execution_count) == ("ab", None, None)
    assert plot.data["image/png"] == other.data["image/png"]
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def image(software: str) -> str:
    file = io.BytesIO()
    note = PngImagePlugin.PngInfo()
    note.add_text("Software", software)
    Image.linear_gradient("L").save(file, "PNG", pnginfo=note)
    return base64.b64encode(file.getvalue()).decode()


def test_cells_common_to_several_labs_are_the_same():
    sources: dict[str, set[str]] = {}
    for notebook in NOTEBOOKS:
        for cell in nbformat.read(notebook, as_version=4).cells:
            if notebook.name == "lab.ipynb" and cell.id in COMMON:
                sources.setdefault(cell.id, set()).add(cell.source)

    assert {name: len(texts) for name, texts in sources.items()} == dict.fromkeys(COMMON, 1)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=NAMES)
def test_a_notebook_shows_no_error_and_no_warning(notebook: Path):
    kinds = {output.get("name") or output.output_type for output in outputs(notebook)}

    assert kinds <= {"stdout", "display_data", "execute_result"}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=NAMES)
def test_a_notebook_names_no_machine(notebook: Path):
    stored = nbformat.read(notebook, as_version=4)

    assert stored.metadata.kernelspec.name == "python3"
    assert set(stored.metadata) == {"kernelspec", "language_info"}
    assert str(places.ROOT) not in notebook.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "module"), SAME_CODE.items())
def test_level_0_and_level_1_define_the_same_features_and_model(name: str, module: str):
    cells = nbformat.read(places.LEVELS[0] / "explore.ipynb", as_version=4).cells
    by_hand = definitions("\n".join(cell.source for cell in cells if cell.cell_type == "code"))
    moved = definitions((places.LEVELS[1] / "flighttime" / module).read_text(encoding="utf-8"))

    assert by_hand[name] == moved[name]


def definitions(source: str) -> dict[str, str]:
    """The code of each function and constant of a module, without comments and layout."""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = ast.unparse(node)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = ast.unparse(node)
    return found


def test_what_is_no_notebook_is_not_renewed(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("# a page", encoding="utf-8")

    with pytest.raises(LadderError, match="page.md is no notebook: name an .ipynb file"):
        renew.renew(tmp_path / "page.md")
