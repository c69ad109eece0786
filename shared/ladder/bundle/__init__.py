"""`ladder bundle`: the repository and its packages in one folder, for machines without network."""

import argparse
import json
import os
from collections.abc import Iterable
from pathlib import Path

from ladder import machines
from ladder import wheelhouse
from ladder.alone import only_writer
from ladder.bundle import copy
from ladder.bundle import fetch
from ladder.bundle import listing
from ladder.bundle import share
from ladder.bundle import targets
from ladder.bundle.listing import Wheel
from ladder.bundle.targets import Target
from ladder.errors import LadderError
from ladder.places import RUNS

START = "START_HERE.txt"
LOG = RUNS / "bundle" / "fetch.log"
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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new folder, or a bundle")
    parser.add_argument(
        "--platform",
        choices=["this", *machines.MACHINES, "all"],
        default="this",
        help="the machines to fetch for (default: this)",
    )
    parser.add_argument(
        "--python",
        nargs="+",
        metavar="VERSION",
        help=f"their Pythons, of {', '.join(machines.PYTHONS)} (default: this Python)",
    )
    share.add_arguments(parser)


def require_own(folder: Path) -> None:
    """Raise LadderError where the folder holds anything but a bundle."""
    if folder.exists() and not folder.is_dir():
        raise LadderError(f"{folder} is a file: name a new folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / START).is_file():
        raise LadderError(f"{folder} has files and is no bundle: name a new folder inside it")


def write(file: Path, text: str) -> None:
    unfinished = file.with_name(f"{file.name}.part")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, file)


def manifest(folder: Path, *, complete: bool, present: Iterable[Target] = ()) -> dict:
    """What a set-up reads first: whether all is there, and for which machines."""
    contents: dict[str, list[str]] = {}
    for target in present:
        contents.setdefault(target.machine, []).append(target.python)
    found = {"complete": complete, "commit": copy.commit(), "machines": contents}
    write(folder / wheelhouse.MANIFEST, json.dumps(found, indent=1))
    return found


def fill(folder: Path, chosen: dict[Target, list[Wheel]]) -> None:
    """Fetch what is missing for each target, in the order in which they were named."""
    lacking = {wheel for wheels in chosen.values() for wheel in fetch.missing(folder, wheels)}
    fetch.require_space(folder, list(lacking))
    left = sum(wheel.size for wheel in lacking)
    for target, wheels in chosen.items():
        wanted = [wheel for wheel in wheels if wheel in lacking]
        mine = sum(wheel.size for wheel in wanted) / 1e6
        print(f"{target.title}: {len(wanted)} of {len(wheels)} wheels to fetch, {mine:.0f} MB")
        fetch.fetch(target, wanted, folder, LOG, lacking.remove)
        left -= sum(wheel.size for wheel in wanted)
        if wanted and left:
            print(f"  {left / 1e6:.0f} MB are left for the others")


def verify(folder: Path, wanted: dict[Target, list[Wheel]]) -> list[Target]:
    """Delete what the lock no longer pins; returns the targets that have all their wheels."""
    known = {wheel for wheels in wanted.values() for wheel in wheels}
    whole = known - set(fetch.missing(folder, sorted(known)))
    for file in folder.glob("*.whl"):
        if file.name not in {wheel.file for wheel in whole}:
            file.unlink()
    return [target for target, wheels in wanted.items() if whole.issuperset(wheels)]


def make(folder: Path, chosen: list[Target]) -> None:
    lock = listing.LOCK.read_text(encoding="utf-8")
    listed = listing.read(listing.LISTING.read_text(encoding="utf-8"))
    wanted = {one: listing.wanted(one, lock, listed) for one in listing.every_target()}
    commit, wheels = copy.commit(), folder / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    write(folder / START, "This bundle is not complete yet.\n")
    manifest(wheels, complete=False)
    fill(wheels, {target: wanted[target] for target in chosen})
    print("verifying every file")
    present = verify(wheels, wanted)
    copy.replace(folder)
    contents = manifest(wheels, complete=True, present=present)["machines"]
    systems = [f"  {wheelhouse.described({name: own})}\n" for name, own in contents.items()]
    page = PAGE.format(
        name=copy.NAME, machines="".join(systems), variable=wheelhouse.SET, commit=commit[:12]
    )
    write(folder / START, page)


def report(folder: Path) -> str:
    sizes = [file.stat().st_size for file in (folder / "wheels").glob("*.whl")]
    rest = [file.stat().st_size for file in (folder / copy.NAME).rglob("*") if file.is_file()]
    edits = copy.uncommitted()
    left_out = f"Not in it, since not committed: {', '.join(edits[:3])}\n" if edits else ""
    return (
        f"{left_out}{len(sizes)} wheels, {sum(sizes) / 1e6:.0f} MB; the repository, "
        f"{sum(rest) / 1e6:.0f} MB; begin with {folder / START}\n"
    )


def main(arguments: argparse.Namespace) -> int:
    folder = arguments.folder.expanduser().resolve()
    require_own(folder)
    if arguments.serve or arguments.lan:
        return share.serve(folder, arguments.port, lan=arguments.lan)
    chosen = targets.chosen(arguments.platform, arguments.python)
    with only_writer(LOG.parent):
        try:
            make(folder, chosen)
        except OSError as problem:
            place = problem.filename or folder
            raise LadderError(
                f"the bundle stopped at {place}: {problem.strerror or problem}; call again, and it "
                "fetches only what is missing"
            ) from problem
    print(report(folder), end="")
    return 0
