"""What the notebook and the script of Level 0 became: cells beside the functions made from them."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ladder.errors import LadderError
from ladder.places import ROOT

FILE = ROOT / "shared" / "became.toml"
Found = TypeVar("Found")
# They say nothing about what a cell does.
IMPORT = re.compile(r"^(?:import|from) .*\n", re.MULTILINE)
MAIN = "__main__"  # the block that runs when a script is started


@dataclass(frozen=True)
class Part:
    """Some code, and where it is: a cell of a notebook, or functions of a file."""

    place: str
    code: str


@dataclass(frozen=True)
class Pair:
    """Parts of the level below, and the definitions of a file that they became."""

    file: str
    before: list[Part]
    after: Part
    note: str


def read(lower: dict[str, bytes], upper: dict[str, bytes], file: Path = FILE) -> list[Pair]:
    """Every pair; raises LadderError for a name that is gone, or a part that nothing names."""
    try:
        declared = tomllib.loads(file.read_text(encoding="utf-8"))
        notebook, script = declared["notebook"], declared["script"]
        cells, functions = parts_of(notebook, lower), definitions(script, lower)
        pairs = [pair(one, (script, functions), cells, upper) for one in declared["pair"]]
        require_all(declared, cells, functions, f"{file.name}")
    except KeyError as missing:
        raise LadderError(f"{file.name} has no {missing}: its first pair shows the form") from None
    except (OSError, ValueError) as error:
        raise LadderError(f"{file.name} cannot be read: {error}") from None
    return pairs


def pair(
    one: dict, script: tuple[str, dict[str, str]], cells: dict[str, Part], upper: dict[str, bytes]
) -> Pair:
    path, functions = script
    before = [named(cell, cells, "a cell of the notebook") for cell in one.get("cells", [])]
    if names := one.get("functions", []):
        code = [named(name, functions, f"a function of {path}") for name in names]
        before.append(Part(f"{path}: {listed(names)}", "\n\n\n".join(code)))
    made = definitions(one["file"], upper)
    chosen = [named(name, made, f"defined in {one['file']}") for name in one["to"]]
    after = Part(f"{one['file']}: {listed(one['to'])}", joined(chosen))
    return Pair(one["file"], before, after, one["note"])


def named(name: str, found: dict[str, Found], what: str) -> Found:
    if name not in found:
        raise LadderError(f"became.toml: {name} is not {what}: name what is there, or take it out")
    return found[name]


def listed(names: list[str]) -> str:
    return ", ".join("the main block" if name == MAIN else name for name in names)


def joined(code: list[str]) -> str:
    """Constants in lines below each other, functions with space between them."""
    text = ""
    for part in code:
        both_short = "\n" not in part and "\n" not in text.rpartition("\n\n")[2]
        text += ("" if not text else "\n" if both_short else "\n\n\n") + part
    return text


def parts_of(notebook: str, lower: dict[str, bytes]) -> dict[str, Part]:
    """Each cell with code by its id, under the heading that it stands below."""
    found: dict[str, Part] = {}
    heading = ""
    for cell in json.loads(content(notebook, lower))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and text.startswith("#"):
            heading = text.splitlines()[0].lstrip("# ")
        elif cell["cell_type"] == "code":
            code = IMPORT.sub("", text).lstrip("\n")
            found[cell["id"]] = Part(f"{notebook}: a cell of “{heading}”", code)
    return found


def definitions(path: str, files: dict[str, bytes]) -> dict[str, str]:
    """The code of each name that a file defines at its top, with the comments above it."""
    code = content(path, files).decode()
    lines = code.splitlines()
    found = {}
    for node in ast.parse(code).body:
        for name in names_of(node):
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
            while first > 1 and lines[first - 2].startswith("#"):
                first -= 1
            found[name] = "\n".join(lines[first - 1 : node.end_lineno])
    return found


def names_of(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.If) and MAIN in ast.unparse(node.test):
        yield MAIN


def content(path: str, files: dict[str, bytes]) -> bytes:
    if path not in files:
        raise LadderError(f"became.toml: there is no file {path}: name what is there")
    return files[path]


def require_all(declared: dict, cells: dict, functions: dict, file: str) -> None:
    """Raise LadderError unless every cell and function is named once."""
    pairs, stays = declared["pair"], declared["stays"]
    named_cells = [cell for one in [*pairs, stays] for cell in one.get("cells", [])]
    named_functions = [name for one in [*pairs, stays] for name in one.get("functions", [])]
    every = {*cells, *(name for name, code in functions.items() if "def " in code or name == MAIN)}
    for name in sorted(every ^ {*named_cells, *named_functions}):
        what = "is not named" if name in every else "does not exist"
        raise LadderError(f"{file}: {name} {what}: name in a pair, or in [stays], what is there")
    for name in named_cells + named_functions:
        if (named_cells + named_functions).count(name) > 1:
            raise LadderError(f"{file}: {name} is named twice: keep the pair that it fits best")
