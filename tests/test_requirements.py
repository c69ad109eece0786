"""What a level installs is what the ladder installs, and what it imports is what it installs."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from ladder.places import LEVELS
from ladder.places import ROOT

PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?:\s*;\s*([^\\]+?))?\s*\\?$", re.MULTILINE)
# Not imported by name: fsspec and uvicorn read http with the first two, model-signing reads keys with the third,
# SQLAlchemy speaks to PostgreSQL by the others.
BEHIND_OTHERS = {"aiohttp", "httptools", "pyopenssl", "psycopg", "psycopg-binary"}
PACKAGED = [level for level in LEVELS if level]


def pins(path: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version, _ in PIN.findall(path.read_text(encoding="utf-8")):
        found.setdefault(name.lower(), set()).add(version)
    return found


def imported(folder: Path) -> list[set[str]]:
    """For each package that the Python files of a folder import, the distributions that bring it."""
    known = packages_distributions()
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in folder.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    modules = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    tops = {module.split(".")[0] for module in modules} - set(sys.stdlib_module_names) - {"flighttime", "conftest", "ladder"}
    return [{re.sub(r"[-_.]+", "-", name.lower()) for name in known[top]} for top in tops if top in known]


@pytest.mark.parametrize("level", PACKAGED)
def test_a_level_pins_what_the_lock_pins(level):
    locked = pins(ROOT / "requirements.lock")

    wanted = pins(LEVELS[level] / "requirements.txt")

    assert wanted
    for name, versions in wanted.items():
        assert versions <= locked[name], f"{name}: {versions} is not {locked[name]}, the version in requirements.lock"


@pytest.mark.parametrize("level", PACKAGED)
def test_a_level_installs_what_it_imports_and_nothing_else(level):
    installed = set(pins(LEVELS[level] / "requirements.txt"))

    used = imported(LEVELS[level])

    assert [brings for brings in used if not brings & installed] == []
    assert installed - BEHIND_OTHERS - set().union(*used) == set()


def test_the_lock_names_no_address_and_hashes_every_pin():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    assert "://" not in text
    for block in re.split(r"\n(?=\S)", text):
        if PIN.match(block):
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_every_dependency_of_the_ladder_is_in_the_lock():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.match(r"[A-Za-z0-9._-]+", line)[0].lower() for line in declared}

    assert names <= set(pins(ROOT / "requirements.lock"))
