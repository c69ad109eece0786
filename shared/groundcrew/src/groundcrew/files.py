"""Atomic writes: a reader sees the old file or the new one, never a part of it."""

import hashlib
import json
import shutil
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from groundcrew.errors import NotFound


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file next to `path`, then replace `path` by it in one move."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays, since some libraries choose the format by it.
    temporary = path.with_name(f".{path.name}-{uuid4().hex}{path.suffix}")
    try:
        write(temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_text_atomically(path: Path, text: str) -> None:
    """Replace `path` by a UTF-8 file that holds `text`."""
    write_atomically(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def write_json(path: Path, content: object) -> None:
    """Replace `path` by a JSON file that holds `content`."""
    write_text_atomically(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def read_json(path: Path, missing: str = "") -> Any:
    """Return the content of a JSON file; raises NotFound with the message `missing`, if given."""
    if missing and not path.exists():
        raise NotFound(missing)
    return json.loads(path.read_text(encoding="utf-8"))


@contextmanager
def folder_atomically(path: Path) -> Iterator[Path]:
    """Yield a temporary folder to fill, which replaces `path` when the block succeeds."""
    temporary = path.with_name(f".{path.name}-{uuid4().hex}")
    temporary.mkdir(parents=True)
    try:
        yield temporary
        if path.exists():
            path.rename(temporary.with_name(f"{temporary.name}-replaced"))
        temporary.rename(path)
    finally:
        for remains in path.parent.glob(f"{temporary.name}*"):
            shutil.rmtree(remains)


def sha256(path: Path) -> str:
    """Return the SHA-256 digest of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
