"""`ladder start`: a git repository of the attendee's own, at any level."""

import argparse
import os
from pathlib import Path

from ladder.climbing import levels
from ladder.climbing import memory
from ladder.climbing import repository
from ladder.climbing import say
from ladder.climbing.memory import Memory
from ladder.climbing.repository import Repository
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.places import RUNS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new folder, or an empty one")
    parser.add_argument(
        "--level", type=int, default=0, choices=sorted(LEVELS), help="0 to 4 (default: 0)"
    )


def main(arguments: argparse.Namespace) -> int:
    folder, level = arguments.folder.expanduser().absolute(), arguments.level
    require_free(folder)
    try:
        made = repository.create(folder)
        write(made.folder, levels.content(level))
    except OSError as problem:
        raise LadderError(
            f"{folder} cannot be written ({problem.strerror}): name another folder"
        ) from None
    commit = made.commit(f"Start at {levels.title(level)}")
    memory.write(made, Memory(steps=[step(made, commit, level)]))
    print(f"{levels.title(level)}\nyour own copy, committed: {made.folder}")
    enter(folder)
    return 0


def require_free(folder: Path) -> None:
    """Raise LadderError if the folder cannot become a repository of the climb."""
    if folder.is_dir() and (folder / ".git" / repository.STORE).is_dir():
        raise LadderError(
            f"{folder} is a climb that was started before: go on with "
            f"`{say.command('check', str(folder))}`"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LadderError(f"{folder} is not empty: name a folder that does not exist yet")
    resolved = folder.resolve()
    if resolved.is_relative_to(ROOT) and not resolved.is_relative_to(RUNS):
        raise LadderError(
            f"{folder} is inside the ladder's own folder: name one outside, such as "
            f"{say.typed(str(ROOT.parent / 'flights'))}"
        )


def enter(folder: Path) -> None:
    """Print how to go there, with the ladder at hand."""
    if not say.is_activated():
        print(f"next: {activation()}")
    if folder.resolve() != Path.cwd().resolve():
        print(f"next: {say.typed('cd', str(shortest(folder)))}")
    print("next: ladder check")


def activation() -> str:
    """The command that makes `ladder` known in this terminal."""
    programs = Path(ROOT, ".venv", "Scripts" if os.name == "nt" else "bin")
    if say.is_powershell():
        # Not Activate.ps1: Windows runs no scripts unless its user has allowed them.
        return f"$env:VIRTUAL_ENV='{programs.parent}'; $env:PATH='{programs};'+$env:PATH"
    return say.typed("source", (programs / "activate").as_posix())


def shortest(folder: Path) -> Path:
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def write(folder: Path, content: dict[str, bytes]) -> None:
    for path, data in content.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def step(made: Repository, commit: str, level: int) -> dict:
    """The memory of a step to a level whose files were all taken."""
    return {
        "commit": commit,
        "level": level,
        "files": memory.keep(made, levels.content(level)),
    }
