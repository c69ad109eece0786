"""`ladder diff`: what a step changes, file by file, each with its reason; notebooks as text."""

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path

from ladder import reasons
from ladder.climbing import levels
from ladder.climbing import memory
from ladder.climbing import repository
from ladder.climbing import say
from ladder.climbing import start
from ladder.climbing import taking
from ladder.errors import LadderError
from ladder.git import git
from ladder.places import LEVELS

HEADER = re.compile(r"^(?:\x1b\[[\d;]*m)*diff --git .*? b/new/(.*?)(?:\x1b\[[\d;]*m)*$")
LEFT_OUT = re.compile(r"^(?:\x1b\[[\d;]*m)*(index |--- |\+\+\+ |new file |deleted file )")
TEXT = ".md", ".py", ".toml", ".yml", ".txt", ".ipynb"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        nargs="*",
        metavar="A B | FILE",
        help="two levels, such as 1 2 (default: where you are, and the next); then files",
    )


def main(arguments: argparse.Namespace) -> int:
    numbers = [word for word in arguments.what if re.fullmatch(r"\d+", word)]
    files = arguments.what[len(numbers) :]
    if numbers:
        lower, upper = named(numbers)
        before, after = levels.content(lower), levels.content(upper)
    else:
        lower, upper, before, after = of_climb()
    shown = parts(before, after)
    chosen = [path for path in shown if not files or matches(path, files)]
    if files and not chosen:
        raise LadderError(
            f"{', '.join(files)}: this step changes no such file; `ladder diff` lists them"
        )
    why = {one.path: one for number in range(lower + 1, upper + 1) for one in declared(number)}
    print(f"{levels.title(lower)} -> {levels.title(upper)}")
    if idea := reasons.read().ideas.get(upper) if upper == lower + 1 else "":
        say.paragraph(idea)
    for path in chosen:
        reason = f"\n  {why[path].why} [{why[path].row}]" if path in why else ""
        print(f"\n{'=' * 8} {path}  {size(shown[path])}{reason}")
        print("\n".join(shown[path]))
    print(f"\n{say.counted(len(chosen), 'file')}")
    if not numbers:
        say.following("climb", *files)
    return 0


def named(numbers: list[str]) -> tuple[int, int]:
    given = [int(number) for number in numbers]
    if len(given) != 2 or not set(given) <= set(LEVELS) or given[0] == given[1]:
        raise LadderError(
            f"ladder diff {' '.join(numbers)}: give two different levels from 0 to 4, such as 1 2"
        )
    return given[0], given[1]


def of_climb() -> tuple[int, int, dict[str, bytes], dict[str, bytes]]:
    """The step that is next in this folder's climb, without the files that were taken already."""
    found = repository.require(Path.cwd())
    step = memory.read(found).step(found)
    number = step["level"] + 1
    if number > levels.LAST:
        raise LadderError("there is no level above this one; `ladder diff 3 4` shows the last step")
    left = taking.remaining(step)
    own = {path: name for path, name in step["files"].items() if path in left}
    own |= {path: step["files"][path] for path in levels.obsolete(number) & step["files"].keys()}
    before = {path: memory.kept(found, name) for path, name in own.items()}
    return number - 1, number, before, left


def declared(number: int) -> list[reasons.Reason]:
    return reasons.read().files.get(number, [])


def matches(path: str, files: list[str]) -> bool:
    wanted = [Path(file).as_posix().removeprefix("./").rstrip("/") for file in files]
    return any(path == one or path.startswith(f"{one}/") for one in wanted)


def parts(before: dict[str, bytes], after: dict[str, bytes]) -> dict[str, list[str]]:
    """The changed lines of each file that differs, as git shows them."""
    color = "always" if sys.stdout.isatty() else "never"
    options = ("--no-index", "--no-ext-diff", "--no-renames", f"--color={color}")
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("old", before), ("new", after)):
            (Path(folder) / name).mkdir()
            start.write(Path(folder) / name, {path: text(path, content[path]) for path in content})
        output = git(Path(folder), "diff", *options, "old", "new").stdout
    found: dict[str, list[str]] = {}
    path = ""
    for line in output.decode(errors="replace").splitlines():
        if header := HEADER.match(line):
            path = header[1]
            found[path] = []
        elif path and not LEFT_OUT.match(line):
            found[path].append(line)
    return found


def text(path: str, content: bytes) -> bytes:
    """A file for reading: a notebook is its cells, without outputs."""
    if not path.endswith(".ipynb"):
        return content
    try:
        cells = json.loads(content)["cells"]
    except (ValueError, KeyError):
        return content
    shown = [f"[{cell['cell_type']}]\n{''.join(cell['source'])}\n" for cell in cells]
    return "\n".join(shown).encode()


def size(lines: list[str]) -> str:
    bare = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in lines]
    counts = [sum(line.startswith(sign) for line in bare) for sign in "+-"]
    return " ".join(f"{sign}{count}" for sign, count in zip("+-", counts, strict=True) if count)
