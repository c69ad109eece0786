"""`ladder bundle`: the repository and its packages in one folder, for machines without network."""

import argparse
import shlex
from pathlib import Path

from ladder import machines
from ladder.alone import only_writer
from ladder.bundle import contents
from ladder.bundle import copy
from ladder.bundle import fetch
from ladder.bundle import listing
from ladder.bundle import share
from ladder.bundle import targets
from ladder.bundle.listing import Wheel
from ladder.bundle.targets import Target
from ladder.errors import LadderError
from ladder.places import RUNS

LOG = RUNS / "bundle" / "fetch.log"


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
    if folder.is_dir() and any(folder.iterdir()) and not (folder / contents.START).is_file():
        raise LadderError(f"{folder} has files and is no bundle: name a new folder inside it")


def fill(folder: Path, chosen: dict[Target, list[Wheel]], guard: int) -> None:
    """Fetch what is missing for each target, in the order in which they were named."""
    lacking = {wheel for wheels in chosen.values() for wheel in fetch.missing(folder, wheels)}
    fetch.require_space(folder, list(lacking))
    left = sum(wheel.size for wheel in lacking)
    for target, wheels in chosen.items():
        wanted = [wheel for wheel in wheels if wheel in lacking]
        mine = sum(wheel.size for wheel in wanted) / 1e6
        print(f"{target.title}: {len(wanted)} of {len(wheels)} wheels to fetch, {mine:.0f} MB")
        fetch.fetch(target, wanted, folder, LOG, guard)
        lacking.difference_update(wanted)
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


def make(folder: Path, chosen: list[Target], guard: int) -> None:
    lock = listing.LOCK.read_text(encoding="utf-8")
    listed = listing.read(listing.LISTING.read_text(encoding="utf-8"))
    wanted = {one: listing.wanted(one, lock, listed) for one in listing.every_target()}
    commit, wheels = copy.commit(), contents.begin(folder)
    fill(wheels, {target: wanted[target] for target in chosen}, guard)
    print("verifying every file")
    present = verify(wheels, wanted)
    for target in chosen:
        if target not in present:
            raise LadderError(f"wheels for {target.title} have changed on the disk: call again")
    copy.replace(folder)
    contents.finish(folder, present, commit)


def main(arguments: argparse.Namespace) -> int:
    folder = arguments.folder.expanduser().resolve()
    require_own(folder)
    if arguments.serve or arguments.lan:
        if not (folder / contents.START).is_file():
            make_it = shlex.join(["python3", "ladder.py", "bundle", f"{arguments.folder}"])
            raise LadderError(f"{folder} is no bundle yet: make it with `{make_it}`")
        return share.serve(folder, arguments.port, lan=arguments.lan)
    chosen = targets.chosen(arguments.platform, arguments.python)
    with only_writer(LOG.parent) as guard:
        try:
            make(folder, chosen, guard.fileno())
        except OSError as problem:
            place = problem.filename or folder
            raise LadderError(
                f"the bundle stopped at {place}: {problem.strerror or problem}; call again, and it "
                "fetches only what is missing"
            ) from problem
    print(contents.report(folder), end="")
    return 0
