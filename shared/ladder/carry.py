"""`ladder carry`: repeat an edit of one level in the levels above it."""

import argparse
import re
import shutil
import time
from pathlib import Path

from ladder import copies
from ladder import drift
from ladder import reasons
from ladder.check import verdict
from ladder.errors import LadderError
from ladder.git import git
from ladder.git import listed
from ladder.level_files import CHANGES
from ladder.lock import LOCK
from ladder.moves import Memory
from ladder.moves import Move
from ladder.moves import upward
from ladder.places import LEVELS
from ladder.places import RUNS

MARKERS = re.compile(rb"^(<{7}|>{7})(?= |\r?$)", re.MULTILINE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    argument = parser.add_argument
    argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="files or folders of a level (default: all that are edited)",
    )
    argument("--from", dest="start", metavar="LEVEL", help="start at this level: 2, or its folder")
    argument(
        "--base",
        default="HEAD",
        metavar="REV",
        help="the commit before the edit, if the edit is committed",
    )
    argument("--delete", action="store_true", help="carry deletions too")
    argument("--dry-run", action="store_true", help="show what it would do and write nothing")


def main(arguments: argparse.Namespace) -> int:
    declared = reasons.read()
    levels = chain(LEVELS, declared.start, arguments.start)
    moves = plan(
        arguments.paths, levels, RUNS / "carry", base=arguments.base, delete=arguments.delete
    )
    for move in moves:
        print(f"{move.upper.name}/{move.path}: {move.note}")
    if not moves:
        print(
            f"nothing to carry since {arguments.base}; an edit that is committed needs --base REV"
        )
    if arguments.dry_run:
        print("a dry run: nothing written")
        return 0
    for kept in write(moves, RUNS / "carry"):
        print(f"had uncommitted edits of its own; as it was before the merge: {kept}")
    drifted = verdict(drift.findings(LEVELS, declared))
    return drifted if all(move.done for move in moves) else 1


def chain(levels: dict[int, Path], start: int, asked: str | None = None) -> list[Path]:
    """The folders from the level asked for upwards; it is asked for by number or by folder."""
    folders = {
        number: level
        for number, level in sorted(levels.items())
        if number >= start and level.is_dir()
    }
    if asked is None:
        return [*folders.values()]
    names = {name: n for n, level in folders.items() for name in (str(n), level.name)}
    chosen = names.get(asked.rstrip("/\\"))
    if chosen is None:
        raise LadderError(
            f"--from {asked}: copies start from one of the levels {', '.join(map(str, folders))}"
        )
    return [level for number, level in folders.items() if number >= chosen]


def plan(
    paths: list[str], levels: list[Path], state: Path, *, base: str = "HEAD", delete: bool = False
) -> list[Move]:
    """Every move that is needed, in order; raises LadderError before anything is written."""
    for level in levels:
        if git(level, "rev-parse", "--verify", "--quiet", f"{base}^{{commit}}").returncode:
            raise LadderError(
                f"{level} is in no git checkout with a commit {base}: "
                "carry needs the version before the edit"
            )
    chosen = _choose(paths, levels, base)
    files = [level / path for level in levels for path in chosen]
    if conflicts := [f"{file}" for file in files if _has_markers(file)]:
        raise LadderError(
            f"unsettled conflict markers in {', '.join(conflicts)}: settle them first"
        )
    memory = Memory(state / "seen")
    return [
        move for path in chosen for move in upward(path, levels, memory, base=base, delete=delete)
    ]


def _choose(paths: list[str], levels: list[Path], base: str) -> list[str]:
    # Commands make a lock and a page of changes for each level: these are no copies.
    edited = {path for level in levels for path in _edited(level, base)} - {LOCK, CHANGES}
    if not paths:
        return sorted(edited)
    every = edited.union(*map(copies.files, levels))
    chosen = set()
    for path in paths:
        wanted = _within(path, levels)
        matching = {
            file
            for file in every
            if file == wanted or file.startswith(f"{wanted}/") or wanted == "."
        }
        if not matching:
            raise LadderError(f"{path}: no file of {', '.join(level.name for level in levels)}")
        chosen |= matching
    return sorted(chosen)


def _edited(level: Path, base: str) -> set[str]:
    changed = listed(
        level, "diff", "--name-only", "--no-renames", "--relative", "-z", base, "--", "."
    )
    return changed | listed(level, "ls-files", "-z", "-o", "--exclude-standard")


def _within(path: str, levels: list[Path]) -> str:
    """The path inside a level, given relative to the level, to this folder, or absolute."""
    absolute = Path(path).resolve()
    inside = [
        absolute.relative_to(level.resolve())
        for level in levels
        if absolute.is_relative_to(level.resolve())
    ]
    return (inside[0] if inside else Path(path)).as_posix()


def _has_markers(file: Path) -> bool:
    return file.is_file() and bool(MARKERS.search(file.read_bytes()))


def write(moves: list[Move], state: Path) -> list[Path]:
    """Make the moves; returns the copies of the files whose content was in no commit."""
    kept = [
        _keep(move, state / "kept" / time.strftime("%Y%m%d-%H%M%S"))
        for move in moves
        if move.keep is not None
    ]
    for move in moves:
        _write(move, Memory(state / "seen"))
    return kept


def _keep(move: Move, folder: Path) -> Path:
    kept = folder / move.upper.name / move.path
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(move.keep or b"")
    return kept


def _write(move: Move, memory: Memory) -> None:
    if move.content is None:
        move.target.unlink()
        return
    if not move.done and move.content == move.target.read_bytes():
        return
    new = not move.target.exists()
    move.target.parent.mkdir(parents=True, exist_ok=True)
    move.target.write_bytes(move.content)
    if new:
        shutil.copymode(move.source, move.target)
    if move.done:
        memory.note(move.target, move.content, move.source.read_bytes())
