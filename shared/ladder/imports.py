"""Read which module of a package imports which, and find cycles among them, without running it.

Every import counts: also those inside a function and behind TYPE_CHECKING, which only hide a cycle.
"""

import ast
from collections.abc import Iterator
from graphlib import CycleError
from graphlib import TopologicalSorter
from pathlib import PurePosixPath

from ladder.errors import LadderError


def cycle_findings(package: str, modules: dict[str, bytes], where: str = "") -> list[str]:
    """A finding a cycle; `modules` is code by path, beginning with the package's name."""
    return [
        f"{where}{' imports '.join(cycle)}: pass in what one of them needs, "
        "or move what both need to a third module"
        for cycle in cycles(graph(package, modules))
    ]


def graph(package: str, modules: dict[str, bytes]) -> dict[str, set[str]]:
    """The modules of a package by name, each with those of the same package that it imports."""
    names = {name(path) for path in modules}
    return {
        name(path): {
            other
            for imported in imports(path, code)
            if (other := imported if imported in names else parent(imported)) in names
            and other != name(path)
        }
        for path, code in modules.items()
        if name(path).split(".")[0] == package
    }


def imports(path: str, code: bytes) -> Iterator[str]:
    """The dotted names that the module at `path` imports; raises LadderError if it is not Python.

    `from a import b` gives `a.b`, as b may be a module.
    """
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        raise LadderError(f"{path}:{error.lineno}: is not Python ({error.msg}): mend it") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = ".".join([*above(path, node.level), *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def above(path: str, level: int) -> list[str]:
    """The package that a relative import of this level starts at; empty for an absolute import."""
    folders = PurePosixPath(path).parts[:-1]
    return [*folders[: len(folders) + 1 - level]] if level else []


def cycles(imported: dict[str, set[str]]) -> Iterator[list[str]]:
    """Cycles of imports until none is left: the modules in order, the first one repeated."""
    left = {module: set(others) for module, others in sorted(imported.items())}
    while True:
        try:
            TopologicalSorter({module: sorted(others) for module, others in left.items()}).prepare()
            return
        except CycleError as error:
            # The sorter lists a cycle against the direction of the imports.
            cycle = error.args[1][::-1]
        yield cycle
        left[cycle[0]].discard(cycle[1])


def name(path: str) -> str:
    """The dotted name of a module: `a/b.py` is `a.b`, and `a/__init__.py` is `a`."""
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def parent(module: str) -> str:
    return module.rpartition(".")[0]
