"""What a bundle says of itself: to a set-up, to a newcomer, and to the one who makes it."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from ladder import wheelhouse
from ladder.bundle import copy
from ladder.bundle.targets import Target

START = "START_HERE.txt"
UNFINISHED = "This bundle is not complete yet.\n"
PAGE = """\
mlops-ladder, for machines without network

1. Copy this whole folder to your own disk; on Windows to a short path, such as C:\\ladder.
2. Open a terminal in the folder {name} of your copy.
3. Type   python3 ladder.py doctor   (Windows:   py ladder.py doctor)

The first use installs its packages from the folder wheels, and asks nothing of the network.
It needs one of these 64-bit systems and Pythons, which must be installed already:
{machines}

If you copy only {name}, name the wheels: set {variable} to the path of the folder wheels.
Commit {commit}.
"""


def write(file: Path, text: str) -> None:
    unfinished = file.with_name(f"{file.name}.part")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, file)


def begin(bundle: Path) -> Path:
    """Mark the folder as a bundle that is not complete; returns the folder of its wheels."""
    wheels = bundle / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    write(bundle / START, UNFINISHED)
    write(wheels / wheelhouse.MANIFEST, json.dumps({"complete": False, "machines": {}}))
    return wheels


def finish(bundle: Path, present: Iterable[Target], commit: str) -> None:
    """Say for which machines and Pythons the bundle is complete."""
    found: dict[str, list[str]] = {}
    for target in present:
        found.setdefault(target.machine, []).append(target.python)
    content = {"complete": True, "commit": commit, "machines": found}
    write(bundle / "wheels" / wheelhouse.MANIFEST, json.dumps(content, indent=1))
    lines = [f"  {wheelhouse.described({name: pythons})}" for name, pythons in found.items()]
    page = PAGE.format(
        name=copy.NAME, machines="\n".join(lines), variable=wheelhouse.SET, commit=commit[:12]
    )
    write(bundle / START, page)


def report(bundle: Path) -> str:
    """The sizes of what is there, and what was left out."""
    sizes = [file.stat().st_size for file in (bundle / "wheels").glob("*.whl")]
    rest = [file.stat().st_size for file in (bundle / copy.NAME).rglob("*") if file.is_file()]
    edits = copy.uncommitted()
    left_out = f"Not in it, since not committed: {', '.join(edits[:3])}\n" if edits else ""
    return (
        f"{left_out}{len(sizes)} wheels, {sum(sizes) / 1e6:.0f} MB; the repository, "
        f"{sum(rest) / 1e6:.0f} MB; begin with {bundle / START}\n"
    )
