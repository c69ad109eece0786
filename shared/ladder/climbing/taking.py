"""What is left of a step to the next level, and how its files are merged with an attendee's."""

from pathlib import Path

from ladder.climbing import levels
from ladder.climbing import memory
from ladder.climbing import merging
from ladder.climbing.merging import Merged
from ladder.climbing.repository import Repository
from ladder.errors import LadderError


def remaining(step: dict) -> dict[str, bytes]:
    """The files of the next level that the attendee does not have yet as that level has them."""
    number = step["level"] + 1
    if number > levels.LAST:
        return {}
    return {
        path: data
        for path, data in levels.content(number).items()
        if step["files"].get(path) != memory.digest(data)
    }


def is_between(step: dict) -> bool:
    """Whether some files of the next level have been taken, and not all."""
    own = {path: memory.digest(data) for path, data in levels.content(step["level"]).items()}
    return step["files"] != own


def choose(found: Repository, left: dict[str, bytes], asked: list[str]) -> dict[str, bytes]:
    if not asked:
        return left
    chosen: dict[str, bytes] = {}
    for one in asked:
        path = within(found, one)
        matching = {
            name: data
            for name, data in left.items()
            if name == path or name.startswith(f"{path}/") or path == "."
        }
        if not matching:
            raise LadderError(
                f"{one}: the next level changes no such file, or you have taken it; "
                "`ladder diff` lists what is left"
            )
        chosen |= matching
    return chosen


def within(found: Repository, path: str) -> str:
    """The path inside the repository, given relative to it or to the current folder."""
    absolute = Path(path).absolute()
    inside = absolute.is_relative_to(found.folder) and absolute.exists()
    relative = absolute.relative_to(found.folder) if inside else Path(path)
    return relative.as_posix()


def plan(
    found: Repository, step: dict, chosen: dict[str, bytes], name: str
) -> dict[str, Merged | None]:
    merged = {}
    for path, theirs in chosen.items():
        digest = step["files"].get(path)
        base = memory.kept(found, digest) if digest else None
        merged[path] = merging.merge(path, base, content(found, path), theirs, name)
    return merged


def outgrown(found: Repository, step: dict, number: int) -> dict[str, bool]:
    """The files that the next level has replaced by others, each with whether it is unedited."""
    there = {path: content(found, path) for path in sorted(levels.obsolete(number))}
    return {
        path: step["files"].get(path) == memory.digest(data)
        for path, data in there.items()
        if data is not None
    }


def remove(found: Repository, path: str) -> None:
    """Remove a file, and the folders that are empty then, but not one that a person is in."""
    file = found.folder / path
    file.unlink(missing_ok=True)
    for folder in file.parents:
        if folder == found.folder or Path.cwd().is_relative_to(folder) or any(folder.iterdir()):
            return
        folder.rmdir()


def content(found: Repository, path: str) -> bytes | None:
    file = found.folder / path
    return file.read_bytes() if file.is_file() else None


def write(found: Repository, merged: dict[str, Merged | None], before: int) -> None:
    for path, one in merged.items():
        if one is None:
            continue
        file = found.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if one.aside is not None:
            name = f"{file.stem}.mine-level{before}{file.suffix}"
            file.with_name(name).write_bytes(one.aside)
        file.write_bytes(one.content)
