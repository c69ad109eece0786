"""Find a level's test files that the level below runs too, with the same code beneath them.

The same code: each definition of the level's package that such a file reaches, from one to the
next, has the same text in both levels, and so has each section of the settings that these read.
The fixtures of conftest.py make the states to begin with, and do not count.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

PACKAGE = "flighttime"
# A module that a text names, such as for another process: -m flighttime.train
NAMED = re.compile(rf"\b{PACKAGE}(?:\.\w+)+")
SECTION = re.compile(r"\bsection\(\"(\w+)\"\)")
# A test that reads one of these depends on more than modules.
OTHER_FILES = re.compile(r"CODEOWNERS|\.github|\.toml|requirements|README|\.ipynb")


class Definition(NamedTuple):
    """A statement of a module, by the name that it defines; those that define none have ""."""

    file: str
    name: str


class Module(NamedTuple):
    """The text of each definition, what each one uses, and where imported names come from."""

    texts: dict[str, str]
    trees: dict[str, list[ast.stmt]]
    imported: dict[str, tuple[str, str]]


def below(level: Path, lower: Path) -> list[str]:
    """The test files that are the same in the level below, as is all the code that they reach."""
    tests = sorted(
        path.relative_to(level).as_posix() for path in (level / "tests").glob("test_*.py")
    )
    return [
        path
        for path in tests
        if same(level, lower, path)
        and not OTHER_FILES.search((level / path).read_text(encoding="utf-8"))
        and reads_the_same(level, lower, path)
    ]


def same(level: Path, lower: Path, path: str) -> bool:
    return (lower / path).is_file() and (level / path).read_bytes() == (lower / path).read_bytes()


def reads_the_same(level: Path, lower: Path, test: str) -> bool:
    """Whether all definitions that a test file reaches are the same, and what they read."""
    texts = {one: text(level, one) for one in reached(level, test)}
    sections = {name for found in texts.values() for name in SECTION.findall(found)}
    others = [path.name for path in (level / PACKAGE).iterdir() if path.suffix in {".md", ".toml"}]
    files = [name for name in others if any(name in found for found in texts.values())]
    return (
        all(text(lower, one) == found for one, found in texts.items())
        and all(settings(level).get(name) == settings(lower).get(name) for name in sections)
        and all(same(level, lower, f"{PACKAGE}/{name}") for name in files)
    )


def text(level: Path, one: Definition) -> str:
    return module(level / one.file).texts.get(one.name, "")


def settings(level: Path) -> dict:
    return tomllib.loads((level / f"{PACKAGE}.toml").read_text(encoding="utf-8"))


def reached(level: Path, test: str) -> set[Definition]:
    """The definitions that a file uses, and those that these use."""
    found: set[Definition] = set()
    waiting = [*all_of(level, test)]
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += used(level, one)
    return found


def all_of(level: Path, file: str) -> Iterator[Definition]:
    return (Definition(file, name) for name in module(level / file).texts)


def used(level: Path, one: Definition) -> Iterator[Definition]:
    """What a definition uses of its module and of others; all of a module that it hands on."""
    here, ways = module(level / one.file), set()
    yield Definition(one.file, "")
    for node in (part for tree in here.trees.get(one.name, []) for part in ast.walk(tree)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if file := file_of(level, ".".join(here.imported.get(node.value.id, ()))):
                yield Definition(file, node.attr)
                ways.add(node.value)
        elif node in ways:
            continue
        elif isinstance(node, ast.Name) and node.id in here.texts:
            yield Definition(one.file, node.id)
        elif isinstance(node, ast.Name) and node.id in here.imported:
            yield from imported(level, *here.imported[node.id])
        elif isinstance(node, ast.Constant | ast.Import):
            for name in NAMED.findall(ast.unparse(node)):
                yield from imported(level, *name.rsplit(".", 1))


def imported(level: Path, package: str, name: str) -> Iterator[Definition]:
    if file := file_of(level, f"{package}.{name}"):
        yield from all_of(level, file)
    elif file := file_of(level, package):
        yield Definition(file, name)


def file_of(level: Path, name: str) -> str | None:
    """The file of a module of the level's package; None if there is no such module."""
    file = f"{name.replace('.', '/')}.py"
    return file if name.startswith(PACKAGE) and (level / file).is_file() else None


@cache
def module(path: Path) -> Module:
    """A file's definitions; those of a file that does not exist are none."""
    source = path.read_text(encoding="utf-8") if path.is_file() else ""
    lines = source.splitlines()
    found = Module({}, {}, {})
    parsed = ast.parse(source)
    for node in ast.walk(parsed):  # also those that are imported late
        if isinstance(node, ast.ImportFrom) and f"{node.module}".startswith(PACKAGE):
            for name in node.names:
                found.imported[name.asname or name.name] = (f"{node.module}", name.name)
    for tree in parsed.body:
        if not isinstance(tree, ast.ImportFrom):
            first = min([tree.lineno, *(one.lineno for one in getattr(tree, "decorator_list", []))])
            for name in defined(tree):
                before = found.texts.get(name, "")
                found.texts[name] = before + "\n".join(lines[first - 1 : tree.end_lineno]) + "\n"
                found.trees.setdefault(name, []).append(tree)
    return found


def defined(tree: ast.stmt) -> list[str]:
    """The names that a statement of a module defines; [""] if there are none."""
    names = [
        node.id
        for target in getattr(tree, "targets", [getattr(tree, "target", None)])
        if target is not None
        for node in ast.walk(target)
        if isinstance(node, ast.Name)
    ]
    if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        names = [tree.name]
    return names or [""]
