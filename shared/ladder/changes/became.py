"""What the notebook and the script of Level 0 became: cells beside the functions made from them."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ladder.changes import parts
from ladder.changes.parts import Part
from ladder.errors import LadderError
from ladder.places import ROOT

FILE = ROOT / "shared" / "became.toml"
Found = TypeVar("Found")


@dataclass(frozen=True)
class Pair:
    """Parts of the level below, and the definitions that they became, by name."""

    before: list[Part]
    after: Part
    names: list[str]
    note: str


@dataclass(frozen=True)
class Became:
    """The pairs by file, the functions of these files that no pair names, and what stays behind."""

    pairs: dict[str, list[Pair]]
    beside: dict[str, list[str]]
    stays: str


def read(lower: dict[str, bytes], upper: dict[str, bytes], file: Path = FILE) -> Became:
    """All that is declared; raises LadderError for a name that is gone, or a part not named."""
    try:
        declared = tomllib.loads(file.read_text(encoding="utf-8"))
        cells = parts.cells(declared["notebook"], lower)
        functions = parts.definitions(declared["script"], lower)
        pairs: dict[str, list[Pair]] = {}
        for one in declared["pair"]:
            found = pair(one, declared["script"], functions, cells, upper)
            pairs.setdefault(one["file"], []).append(found)
        require_each_once(declared, cells, functions)
        staying = [cells[name].place for name in declared["stays"]["cells"]]
        why = declared["stays"]["why"]
    except KeyError as missing:
        raise LadderError(f"{file.name} has no {missing}: its first pair shows the form") from None
    except (OSError, ValueError) as error:
        raise LadderError(f"{file.name} cannot be read: {error}") from None
    beside = {path: others(path, upper, own) for path, own in pairs.items()}
    return Became(pairs, beside, f"{'; '.join(dict.fromkeys(staying))}: {why}.")


def pair(
    one: dict,
    script: str,
    functions: dict[str, str],
    cells: dict[str, Part],
    upper: dict[str, bytes],
) -> Pair:
    before = [named(cell, cells, "a cell of the notebook") for cell in one.get("cells", [])]
    if names := one.get("functions", []):
        code = [named(name, functions, f"a function of {script}") for name in names]
        before.append(Part(f"{script}: {listed(names)}", parts.joined(code)))
    made = parts.definitions(one["file"], upper)
    chosen = [named(name, made, f"defined in {one['file']}") for name in one["to"]]
    after = Part(f"{one['file']}: {listed(one['to'])}", parts.joined(chosen))
    return Pair(before, after, one["to"], one["note"])


def named(name: str, found: dict[str, Found], what: str) -> Found:
    if name not in found:
        raise LadderError(f"became.toml: {name} is not {what}: name what is there, or take it out")
    return found[name]


def listed(names: list[str]) -> str:
    return ", ".join("the main block" if name == parts.MAIN else name for name in names)


def others(path: str, upper: dict[str, bytes], pairs: list[Pair]) -> list[str]:
    """The functions of a file that no pair names."""
    paired = {name for one in pairs for name in one.names}
    found = parts.definitions(path, upper)
    return [
        name
        for name, code in found.items()
        if parts.is_function(name, code) and name not in paired | {parts.MAIN}
    ]


def require_each_once(declared: dict, cells: dict[str, Part], functions: dict[str, str]) -> None:
    """Raise LadderError unless every cell and every function of the script is named once."""
    tables = [*declared["pair"], declared["stays"]]
    counted = Counter(
        name for one in tables for name in [*one.get("cells", []), *one.get("functions", [])]
    )
    every = {*cells, *(name for name, code in functions.items() if parts.is_function(name, code))}
    for name in sorted(every | set(counted)):
        if counted[name] != 1 or name not in every:
            times = "does not exist" if name not in every else f"is named {counted[name]} times"
            raise LadderError(
                f"became.toml: {name} {times}: name each cell and function once, in a pair or "
                "in [stays]"
            )
