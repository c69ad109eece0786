"""What a level and groundcrew import is what they install, in the versions of the lock."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from dependencies import installed_by
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ladder import cli
from ladder import imports
from ladder import installed
from ladder import lock
from ladder.errors import LadderError
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


@pytest.mark.parametrize("level", PACKAGED)
def test_a_levels_lock_pins_all_that_is_installed_for_its_requirements(level: int) -> None:
    """Compared with the installed packages, which say themselves what they need on this system."""
    lines = (LEVELS[level] / "requirements.txt").read_text(encoding="utf-8").splitlines()
    content = (LEVELS[level] / "requirements.lock").read_text(encoding="utf-8")

    pins = {canonicalize_name(pin.name): pin for pin in installed.pins(content)}
    needed = {canonicalize_name(name) for name in installed_by(lines[1:])} - {"groundcrew"}

    assert needed - pins.keys() == set()
    assert [name for name in needed if not installed.is_met(pins[name])] == []
    # What is pinned beyond that belongs to an extra that another level's packages ask for.
    assert len(pins.keys() - needed) <= 5


@pytest.mark.parametrize("level", PACKAGED)
def test_a_levels_lock_has_the_entries_of_the_whole_lock_and_only_wheels(level: int) -> None:
    content = (LEVELS[level] / "requirements.lock").read_text(encoding="utf-8")
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    whole = {pin for _, _, pin in lock.entries(text)}

    assert "://" not in content and "groundcrew==" not in content
    assert "\n--only-binary :all:\n" in content
    for _, _, entry in lock.entries(content):
        assert entry in whole
        assert "--hash=sha256:" in entry


@pytest.mark.parametrize("level", PACKAGED)
def test_workflows_install_only_what_has_a_hash(level: int) -> None:
    texts = [
        path.read_text(encoding="utf-8")
        for path in (LEVELS[level] / ".github" / "workflows").glob("*.yml")
    ]
    installs = [line.strip() for text in texts for line in text.splitlines() if " install " in line]

    pairs = list(zip(installs[::2], installs[1::2], strict=True))

    assert pairs and set(pairs) == {
        (
            "python -m pip install --require-hashes -r requirements.lock",
            # From the folder beside it: no index is asked, and nothing else is installed.
            "python -m pip install --no-deps --no-index --find-links vendor groundcrew",
        )
    }


@pytest.fixture
def level_folder(tmp_path: Path) -> dict[int, Path]:
    """A folder like a level's, with its requirements and its lock."""
    folder = tmp_path / "level3_auto_deploy"
    folder.mkdir()
    for name in ("requirements.txt", "requirements.lock"):
        (folder / name).write_bytes((LEVELS[3] / name).read_bytes())
    return {3: folder}


def test_the_locks_of_the_levels_are_what_the_command_writes(level_folder: dict) -> None:
    assert lock.findings(LEVELS, GROUNDCREW) == []
    assert lock.findings(level_folder, GROUNDCREW) == []


@pytest.mark.parametrize("change", ["a requirement", "a hash", "no lock"])
def test_a_lock_that_does_not_follow_from_its_requirements_is_found(
    level_folder: dict, change: str
) -> None:
    requirements, locked_file = (
        level_folder[3] / name for name in ("requirements.txt", "requirements.lock")
    )
    if change == "a requirement":
        requirements.write_text(f"{requirements.read_text()}scipy>=1.17.1\nnbformat\n")
    elif change == "a hash":
        text = locked_file.read_text()
        locked_file.write_text(text.replace("sha256:0", "sha256:1", 1))
    else:
        locked_file.unlink()

    (finding,) = lock.findings(level_folder, GROUNDCREW)

    assert finding.startswith("level3_auto_deploy/requirements.lock: is not what requirements.txt")
    assert finding.endswith("write it again (ladder lock)")


def test_a_requirement_that_the_whole_lock_lacks_is_named(level_folder: dict) -> None:
    requirements = level_folder[3] / "requirements.txt"
    requirements.write_text(f"{requirements.read_text()}left-pad==1\n")

    with pytest.raises(LadderError, match="requirements.lock does not pin left-pad, which level3"):
        lock.findings(level_folder, GROUNDCREW)


def test_the_command_writes_the_locks(
    level_folder: dict, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    (level_folder[3] / "requirements.lock").unlink()
    monkeypatch.setattr(lock, "LEVELS", level_folder)

    assert cli.main(["lock"]) == 0

    written = (level_folder[3] / "requirements.lock").read_bytes()
    assert written == (LEVELS[3] / "requirements.lock").read_bytes()
    assert "level3_auto_deploy/requirements.lock: 151 packages" in capsys.readouterr().out


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
