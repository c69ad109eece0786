"""Decide what an edit of one level becomes in each level above, without writing into a level."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ladder.git import committed
from ladder.git import three_way


@dataclass(frozen=True)
class Move:
    """The change of one file in one level; `done` is False where a person has to decide."""

    lower: Path
    upper: Path
    path: str
    content: bytes | None
    note: str
    done: bool = True
    keep: bytes | None = None

    @property
    def source(self) -> Path:
        return self.lower / self.path

    @property
    def target(self) -> Path:
        return self.upper / self.path


class Memory:
    """The version of the file below that each carried file already contains.

    An edit is carried, tried, improved and carried again before it is committed. Without the
    memory, the second carry would take the result of the first one for an edit of its own.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def note(self, target: Path, content: bytes, source: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._entry(target, content).write_bytes(source)

    def recall(self, target: Path, content: bytes | None) -> bytes | None:
        entry = self._entry(target, content or b"")
        return entry.read_bytes() if content is not None and entry.exists() else None

    def _entry(self, target: Path, content: bytes) -> Path:
        return self.folder / hashlib.sha256(str(target).encode() + b"\0" + content).hexdigest()


def upward(
    path: str, levels: list[Path], memory: Memory, *, base: str = "HEAD", delete: bool = False
) -> Iterator[Move]:
    """The file's moves from level to level, each based on the one before.

    Stops at the level where a person has to decide.
    """
    content = {level: _read(level / path) for level in levels}
    for lower, upper in pairwise(levels):
        theirs, ours = content[lower], content[upper]
        carried = memory.recall(upper / path, ours)
        before = carried if carried is not None else committed(lower, base, path)
        if theirs == ours or (theirs == before and ours is not None):
            continue
        own = ours is not None and carried is None and ours != committed(upper, "HEAD", path)
        move = _move(path, lower, upper, before, ours, theirs, own=own, delete=delete)
        if move.content != ours or not move.done:
            yield move
        if not move.done:
            return
        content[upper] = move.content


def _move(
    path: str,
    lower: Path,
    upper: Path,
    before: bytes | None,
    ours: bytes | None,
    theirs: bytes | None,
    *,
    own: bool,
    delete: bool,
) -> Move:
    def stop(note: str, content: bytes | None = ours) -> Move:
        return Move(lower, upper, path, content, note, done=False)

    if ours is None:
        return Move(lower, upper, path, theirs, "added")
    if theirs is None and not delete:
        return stop(
            f"is gone from {lower.name}: should it go here too? Then carry it with --delete"
        )
    if theirs is None and ours != before:
        return stop(
            f"is gone from {lower.name} but is not the same here, so it stays: "
            "delete it by hand if it must go"
        )
    if ours == before:
        return Move(lower, upper, path, theirs, "copied" if theirs is not None else "deleted")
    if before is None:
        return stop(
            f"is new in {lower.name}, and this level has its own that differs: "
            "make one of the two by hand"
        )
    names = (f"{upper.name} as it is", f"{lower.name} before the edit", f"{lower.name} edited")
    content, conflicts = three_way(ours, before, theirs or b"", names)
    if content is None:
        return stop(f"is not text and differs from {lower.name}: replace it by hand")
    if not conflicts:
        return Move(lower, upper, path, content, "merged", keep=ours if own else None)
    onward = f"`ladder carry --from {upper.name} {path}`"
    if own:
        return stop(
            f"left as it is: its uncommitted edits and those of {lower.name} touch the same "
            f"lines. If it is right as it stands, go on with {onward}; "
            "else commit or undo them and carry again"
        )
    places = "1 place" if conflicts == 1 else f"{conflicts} places"
    return stop(
        f"CONFLICT in {places}: settle what stands between <<<<<<< and >>>>>>>, "
        f"then go on with {onward}",
        content,
    )


def _read(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None
