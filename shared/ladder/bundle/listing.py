"""The wheels of requirements.lock: their names, sizes and hashes, listed once by the index."""

import re
import shutil
import subprocess
import tempfile
import tomllib
import urllib.parse
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.tags import Tag
from packaging.utils import canonicalize_name
from packaging.utils import parse_wheel_filename
from packaging.version import Version

from ladder import diagnosis
from ladder import machines
from ladder.bundle.targets import Target
from ladder.errors import LadderError
from ladder.places import ROOT

LOCK = ROOT / "requirements.lock"
LISTING = Path(__file__).with_name("wheels.txt")
REMEDY = "write the list again (ladder lock --wheels)"
HEADER = "# The wheels of requirements.lock: hash, bytes, name. Made by `ladder lock --wheels`.\n"


class Wheel(NamedTuple):
    """A file that can be installed; sorted by its name."""

    file: str
    size: int
    sha256: str

    @property
    def key(self) -> tuple[str, str]:
        name, version, _, _ = parse_wheel_filename(self.file)
        return name, f"{version}"

    @property
    def tags(self) -> frozenset[Tag]:
        return parse_wheel_filename(self.file)[3]


Pinned = dict[tuple[str, str], list[Wheel]]


def pins(lock: str) -> Iterator[tuple[Requirement, set[str]]]:
    """Each pin of a lock with the hashes of its files."""
    for block in re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)[1:]:
        first = block.splitlines()[0].rstrip("\\ ")
        yield Requirement(first), set(re.findall(r"--hash=sha256:([0-9a-f]{64})", block))


def key(pin: Requirement) -> tuple[str, str]:
    return canonicalize_name(pin.name), f"{Version(next(iter(pin.specifier)).version)}"


def read(text: str) -> Pinned:
    found: Pinned = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            sha256, size, file = line.split()
            wheel = Wheel(file, int(size), sha256)
            found.setdefault(wheel.key, []).append(wheel)
    return found


def wanted(target: Target, lock: str, listed: Pinned) -> list[Wheel]:
    """The wheels that a set-up on the target installs; raises LadderError where one is missing."""
    ranks, found = target.ranks(), []
    for pin, hashes in pins(lock):
        if not target.needs(pin):
            continue
        name, version = key(pin)
        known = [wheel for wheel in listed.get((name, version), []) if wheel.sha256 in hashes]
        if not known:
            raise LadderError(f"{LISTING.name} lacks {name} {version} of {LOCK.name}: {REMEDY}")
        fitting = [wheel for wheel in known if wheel.tags & ranks.keys()]
        if not fitting:
            raise LadderError(
                f"{name} {version} has no wheel for {target.title}: leave that machine out, or "
                f"pin a version in {LOCK.name} that has one and {REMEDY}"
            )
        found.append(min(fitting, key=lambda one: min(ranks[tag] for tag in one.tags & set(ranks))))
    return found


def every_target() -> list[Target]:
    return [Target(machine, one) for machine in machines.MACHINES for one in machines.PYTHONS]


def ask_index(lock: Path) -> Pinned:
    """All wheels of the pins, as the package index lists them now."""
    uv = shutil.which("uv") or "uv"
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "pylock.wheels.toml")
        what = ["--no-deps", "--universal", "--python-version", machines.PYTHONS[0]]
        command = [uv, "pip", "compile", lock, *what, "--format", "pylock.toml", "-o", output]
        ran = subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, encoding="utf-8"
        )
        if ran.returncode:
            raise LadderError(diagnosis.explain("listing the wheels", ran.stderr, LISTING))
        packages = tomllib.loads(output.read_text(encoding="utf-8"))["packages"]
    found: Pinned = {}
    for each in (wheel for package in packages for wheel in package.get("wheels", [])):
        file = urllib.parse.unquote(each["url"].rpartition("/")[2])
        wheel = Wheel(file, each["size"], each["hashes"]["sha256"])
        found.setdefault(wheel.key, []).append(wheel)
    return found


def text(wheels: Iterable[Wheel]) -> str:
    lines = (f"{wheel.sha256} {wheel.size:>9} {wheel.file}\n" for wheel in sorted(set(wheels)))
    return HEADER + "".join(lines)


def write() -> str:
    """Ask the index for the wheels of every target, and write the list; returns a summary."""
    lock, index = LOCK.read_text(encoding="utf-8"), ask_index(LOCK)
    wheels = {wheel for target in every_target() for wheel in wanted(target, lock, index)}
    LISTING.write_bytes(text(wheels).encode())
    return f"{LISTING.relative_to(ROOT)}: {len(wheels)} wheels"
