"""`ladder lock`: give each level the part of requirements.lock that it installs, with hashes."""

import argparse
import importlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ladder.errors import LadderError
from ladder.places import GROUNDCREW
from ladder.places import LEVELS
from ladder.places import ROOT

LOCK, NAMED, OURS = "requirements.lock", "requirements.txt", "groundcrew"
HEADER = """\
# Every package that requirements.txt brings along but groundcrew itself, with the hashes of its
# files. Made from requirements.txt by a command: do not edit. Only wheels are installed, since
# a source distribution runs code, and fetches what it is built with.
--only-binary :all:
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--wheels",
        action="store_true",
        help="list the wheels of the whole lock, for `ladder bundle`; asks the package index",
    )
    parser.add_argument(
        "--newest",
        action="store_true",
        help="first move every pin to the newest version; asks the package index",
    )


def main(arguments: argparse.Namespace) -> int:
    if arguments.wheels:
        # Imported late: `ladder check` does without.
        from ladder.bundle import listing

        print(listing.write())
        return 0
    if arguments.newest:
        # Late: it needs this module.
        for change in importlib.import_module("ladder.newest").take():
            print(change)
    for level in with_requirements(LEVELS):
        content = of(level, GROUNDCREW)
        # The levels are compared byte for byte: the same line endings everywhere.
        (level / LOCK).write_bytes(content.encode())
        print(f"{level.name}/{LOCK}: {len(list(entries(content)))} packages")
    return 0


def findings(levels: dict[int, Path], package: Path) -> list[str]:
    """The levels whose lock is missing, or is not what their requirements say now."""
    return [
        f"{level.name}/{LOCK}: is not what {NAMED}, groundcrew and the {LOCK} above say now: "
        "write it again (ladder lock)"
        for level in with_requirements(levels)
        if not (level / LOCK).is_file()
        or (level / LOCK).read_text(encoding="utf-8") != of(level, package)
    ]


def with_requirements(levels: dict[int, Path]) -> list[Path]:
    return [level for _, level in sorted(levels.items()) if (level / NAMED).is_file()]


def of(level: Path, package: Path) -> str:
    """The lock of a level: all entries of the whole lock that its requirements lead to.

    The whole lock names the packages that need an entry, so that the result is the same on every
    system. Raises LadderError if it lacks a requirement.
    """
    whole = list(entries((ROOT / LOCK).read_text(encoding="utf-8")))
    wanted, size = names(level, package), 0
    for name in sorted(wanted - {name for name, _, _ in whole}):
        raise LadderError(f"{LOCK} does not pin {name}, which {level.name} needs: add it there")
    while size < len(wanted):
        size = len(wanted)
        wanted |= {name for name, needed_by, _ in whole if needed_by & wanted}
    return HEADER + "".join(pin for name, _, pin in whole if name in wanted)


def names(level: Path, package: Path) -> set[str]:
    """What the level and groundcrew, with the extras that the level asks for, name themselves."""
    lines = (level / NAMED).read_text(encoding="utf-8").splitlines()
    named = [Requirement(line) for line in lines if not line.startswith("-")]
    text = (package.parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    extras = {extra for each in named if each.name == OURS for extra in each.extras}
    lists = [project["dependencies"], *(project["optional-dependencies"][one] for one in extras)]
    named += [Requirement(line) for lines in lists for line in lines]
    return {f"{canonicalize_name(each.name)}" for each in named} - {OURS}


def entries(lock: str) -> Iterator[tuple[str, set[str], str]]:
    """Each entry of a lock: its name, the packages that need it, and its lines with hashes."""
    for block in re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)[1:]:
        pin = re.sub(r"^ *#.*\n?", "", block, flags=re.MULTILINE)
        needed_by = re.findall(r"^ +# +(?:via )?([A-Za-z0-9._-]+)$", block, re.MULTILINE)
        name = re.split(r"[=\s\[]", block, maxsplit=1)[0]
        yield canonicalize_name(name), {f"{canonicalize_name(one)}" for one in needed_by}, pin
