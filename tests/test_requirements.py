"""What a level and groundcrew import is what they install, in the versions of the lock."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ladder import imports
from ladder.places import GROUNDCREW
from ladder.places import LEVELS
from ladder.places import ROOT

PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\?$", re.MULTILINE)
LIBRARY = GROUNDCREW.parents[1]
# Not imported by name: uvicorn uses the first for HTTP, model-signing the second for keys,
# SQLAlchemy the third for PostgreSQL.
BEHIND_OTHERS = {"httptools", "pyopenssl", "psycopg"}
OURS = {"conftest", "flighttime", "groundcrew", "ladder"}
PACKAGED = [level for level in LEVELS if level]
BASE = ""


def locked() -> dict[str, set[str]]:
    """The versions of each distribution in the lock, more than one where Pythons differ."""
    found: dict[str, set[str]] = {}
    for name, version, _ in PIN.findall((ROOT / "requirements.lock").read_text(encoding="utf-8")):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def level_requirements(level: int) -> dict[str, Requirement]:
    """What a level's requirements.txt names, by distribution."""
    lines = (LEVELS[level] / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return by_name(line for line in lines if not line.startswith("--"))


def library_requirements() -> dict[str, dict[str, Requirement]]:
    """What groundcrew installs, by extra; BASE is always installed."""
    project = tomllib.loads((LIBRARY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {BASE: project["dependencies"], **project["optional-dependencies"]}
    return {extra: by_name(lines) for extra, lines in extras.items()}


def by_name(lines) -> dict[str, Requirement]:
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def imported_distributions(modules: list[str]) -> list[set[str]]:
    """For each imported package, the distributions that it may come from."""
    known = packages_distributions()
    tops = {module.split(".")[0] for module in modules} - set(sys.stdlib_module_names) - OURS
    return [{canonicalize_name(name) for name in known[top]} for top in tops if top in known]


def imported_modules(folder: Path) -> list[str]:
    return [
        module
        for path in folder.rglob("*.py")
        for module in imports.imports(path.relative_to(folder).as_posix(), path.read_bytes())
    ]


def at_start(path: Path) -> set[str]:
    """The modules that a module imports when it is imported itself."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def files_of(module: str) -> list[Path]:
    """The files of groundcrew that Python runs to import a module, or a name of a module."""
    parts = module.split(".")[1:]
    places = [GROUNDCREW.joinpath(*parts[:depth]) for depth in range(len(parts) + 1)]
    files = [file for place in places for file in (place / "__init__.py", place.with_suffix(".py"))]
    return [file for file in files if file.is_file()]


def reached(modules: set[str]) -> set[Path]:
    """The files of groundcrew that run when these modules are imported."""
    found: set[Path] = set()
    waiting = set(modules)
    while waiting:
        module = waiting.pop()
        if module.split(".")[0] == "groundcrew":
            new = set(files_of(module)) - found
            found |= new
            waiting |= {other for path in new for other in at_start(path)}
    return found


@pytest.mark.parametrize("level", PACKAGED)
def test_a_level_pins_what_the_lock_pins(level: int) -> None:
    versions = locked()
    for name, requirement in level_requirements(level).items():
        if name != "groundcrew":
            assert f"{requirement.specifier}" in {f"=={version}" for version in versions[name]}


@pytest.mark.parametrize("level", PACKAGED)
def test_a_level_names_what_it_imports_beyond_groundcrew_and_nothing_else(level: int) -> None:
    named = level_requirements(level).keys() - {"groundcrew"}

    used = imported_distributions(imported_modules(LEVELS[level]))

    assert [names for names in used if not names & named] == []
    assert named - set().union(*used) == set()


@pytest.mark.parametrize("level", PACKAGED)
def test_a_level_takes_groundcrew_from_its_own_folder_in_the_version_of_the_repository(
    level: int,
) -> None:
    text = (LIBRARY / "pyproject.toml").read_text(encoding="utf-8")
    version = tomllib.loads(text)["project"]["version"]
    lines = (LEVELS[level] / "requirements.txt").read_text(encoding="utf-8").splitlines()

    assert lines[0] == "--find-links vendor"
    assert f"{level_requirements(level)['groundcrew'].specifier}" == f"=={version}"
    # No package index can hold a local version, so pip never takes another "groundcrew".
    assert "+" in version


@pytest.mark.parametrize("level", PACKAGED)
def test_the_extras_of_a_level_cover_the_modules_of_groundcrew_that_it_imports(level: int) -> None:
    installed = library_requirements()
    extras = level_requirements(level)["groundcrew"].extras
    covered = {name for extra in (BASE, *extras) for name in installed[extra]}

    files = reached(set(imported_modules(LEVELS[level] / "flighttime")))
    at_once = imported_distributions([module for path in files for module in at_start(path)])
    at_some_time = imported_distributions(
        [module for path in files for module in imports.imports(path.name, path.read_bytes())]
    )

    assert [names for names in at_once if not names & covered] == []
    for extra in extras:
        assert set().union(*at_some_time) & installed[extra].keys(), f"nothing needs [{extra}]"


def test_groundcrew_names_what_it_imports_and_nothing_else() -> None:
    named = {name for extra in library_requirements().values() for name in extra}

    used = imported_distributions(imported_modules(GROUNDCREW))

    assert [names for names in used if not names & named] == []
    assert named - BEHIND_OTHERS - set().union(*used) == set()


def test_groundcrew_pins_what_the_lock_pins() -> None:
    versions = locked()
    for extra in library_requirements().values():
        for name, requirement in extra.items():
            one = f"{requirement.specifier}" in {f"=={version}" for version in versions[name]}
            # Where the lock has a version for old Pythons and one for new ones, the range is open.
            lowest = f"{requirement.specifier}" == f">={min(versions[name])}"
            assert one if len(versions[name]) == 1 else lowest, f"{requirement}: {versions[name]}"


def test_the_lock_names_no_address_and_hashes_every_pin() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    assert "://" not in text
    for block in re.split(r"\n(?=\S)", text):
        if PIN.match(block):
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_every_dependency_of_the_ladder_is_in_the_lock() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    names = by_name(tomllib.loads(text)["project"]["dependencies"]).keys()

    assert names <= locked().keys()
