"""Files appear whole or not at all, whatever happens in the middle of writing them."""

import shutil
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside `path`, then put it in place in one move."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}-{uuid4().hex}{path.suffix}")
    try:
        write(unfinished)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A folder to fill, which takes the place of `path` once it is complete."""
    unfinished = path.with_name(f".{path.name}-{uuid4().hex}")
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
        if path.exists():
            path.rename(unfinished.with_name(f"{unfinished.name}-replaced"))
        unfinished.rename(path)
    finally:
        for rest in path.parent.glob(f"{unfinished.name}*"):
            shutil.rmtree(rest)
