"""Move every pin to the newest version: the whole lock, groundcrew's pins, and the levels'."""

import os
import re
import subprocess
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from ladder import stamp
from ladder.errors import LadderError
from ladder.lock import LOCK
from ladder.lock import NAMED
from ladder.lock import with_requirements
from ladder.places import GROUNDCREW
from ladder.places import LEVELS
from ladder.places import ROOT

COMPILE = (
    f"uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes -o {LOCK}"
)
ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
# A line that names one requirement, in requirements.txt or in a list of pyproject.toml.
PIN = re.compile(r'^( *"?)([A-Za-z0-9._-]+)(\[[^\]]*\])?(==|>=)([^"\s;]+)(?=[";\s])', re.MULTILINE)
Versions = dict[str, list[Version]]


def take() -> list[str]:
    """Write the lock and the pins again; returns a line for each version that changed.

    Raises LadderError with uv's own words if no set of versions can be found.
    """
    before = versions((ROOT / LOCK).read_text(encoding="utf-8"))
    compile_lock(ROOT)
    after = versions((ROOT / LOCK).read_text(encoding="utf-8"))
    for file in pinned_files():
        text = file.read_text(encoding="utf-8")
        file.write_text(repinned(text, after), encoding="utf-8", newline="\n")
    return changes(before, after)


def pinned_files() -> list[Path]:
    levels = [level / NAMED for level in with_requirements(LEVELS)]
    return [GROUNDCREW.parents[1] / "pyproject.toml", *levels]


def compile_lock(folder: Path) -> None:
    program = Path(stamp.programs()) / "uv"
    words = [program if program.exists() else "uv", *COMPILE.split()[1:], "--upgrade", "--quiet"]
    own = {**os.environ, "UV_CUSTOM_COMPILE_COMMAND": COMPILE}
    ran = subprocess.run(words, cwd=folder, env=own, capture_output=True, text=True)
    if ran.returncode:
        raise LadderError(f"uv found no newer set of versions: {' '.join(ran.stderr.split())}")


def versions(lock: str) -> Versions:
    """The versions of each package in a lock; more than one where Pythons differ."""
    found: Versions = {}
    for name, version in ENTRY.findall(lock):
        found.setdefault(canonicalize_name(name), []).append(Version(version))
    return {name: sorted(ones) for name, ones in found.items()}


def repinned(text: str, known: Versions) -> str:
    """The text with each pin at the lock's version, and each range at the lowest of them."""

    def pin(found: re.Match[str]) -> str:
        start, name, extras, relation, version = found.groups()
        ones = known.get(canonicalize_name(name))
        if not ones:
            return found[0]
        relation = "==" if len(ones) == 1 else relation
        newest = ones[-1] if relation == "==" else ones[0]
        return f"{start}{name}{extras or ''}{relation}{newest}"

    return PIN.sub(pin, text)


def changes(before: Versions, after: Versions) -> list[str]:
    return [
        f"{name}: {listed(before.get(name, []))} -> {listed(after.get(name, []))}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def listed(ones: list[Version]) -> str:
    return " or ".join(map(str, ones)) or "none"
