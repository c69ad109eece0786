"""What can be named of a notebook and of a Python file: cells by id, definitions by name."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ladder.errors import LadderError

MAIN = "__main__"  # the block that runs when a file is started as a script
FUNCTION = re.compile(r"^(def|class|if|@)", re.MULTILINE)
# They say nothing about what a cell does.
IMPORT = re.compile(r"^(?:import|from) .*\n", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """Some code, and where it is: a cell of a notebook, or definitions of a file."""

    place: str
    code: str


def cells(path: str, files: dict[str, bytes]) -> dict[str, Part]:
    """Each cell with code by its id, under the heading that it stands below."""
    found: dict[str, Part] = {}
    heading = ""
    for cell in json.loads(content(path, files))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and text.startswith("#"):
            heading = text.splitlines()[0].lstrip("# ")
        elif cell["cell_type"] == "code":
            code = IMPORT.sub("", text).lstrip("\n")
            found[cell["id"]] = Part(f"{path}, below “{heading}”", code)
    return found


def definitions(path: str, files: dict[str, bytes]) -> dict[str, str]:
    """The code of each name that a file defines at its top, with the comments above it."""
    code = content(path, files).decode()
    lines = code.splitlines()
    found = {}
    for node in ast.parse(code).body:
        for name in names(node):
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
            while first > 1 and lines[first - 2].startswith("#"):
                first -= 1
            found[name] = "\n".join(lines[first - 1 : node.end_lineno])
    return found


def names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.If) and MAIN in ast.unparse(node.test):
        yield MAIN


def is_function(name: str, code: str) -> bool:
    return name == MAIN or FUNCTION.search(code) is not None


def content(path: str, files: dict[str, bytes]) -> bytes:
    if path not in files:
        raise LadderError(f"became.toml: there is no file {path}: name what is there")
    return files[path]


def joined(code: list[str]) -> str:
    """Constants in lines below each other, functions with space between them."""
    text = code[0] if code else ""
    for before, part in zip(code, code[1:], strict=False):
        lines = [*before.splitlines(), *part.splitlines()]
        blank = 2 if any(map(FUNCTION.match, lines)) else int(len(lines) > 2)
        text += "\n" * (blank + 1) + part
    return text
