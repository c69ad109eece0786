"""Atomic writes: a reader sees the old file or the new one, never a part of it."""

import hashlib
import json
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from groundcrew import leftovers
from groundcrew import moves
from groundcrew.errors import NotFound


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file next to `path`, then replace `path` by it in one move."""
    with leftovers.beside(path) as temporary:
        # The suffix stays, since some libraries choose the format by it.
        file = temporary.with_name(f"{temporary.name}{path.suffix}")
        write(file)
        moves.replace(file, path)


def write_text_atomically(path: Path, text: str) -> None:
    """Replace `path` by a UTF-8 file that holds `text`, the same bytes on every system."""
    write_atomically(path, lambda file: file.write_bytes(text.encode()))


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
    with leftovers.beside(path) as temporary:
        temporary.mkdir()
        yield temporary
        if path.exists():
            moves.replace(path, Path(f"{temporary}{leftovers.REPLACED}"))
        moves.replace(temporary, path)


def sha256(path: Path) -> str:
    """Return the SHA-256 digest of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sqlite_url(path: Path) -> str:
    """Return the address of a SQLite file for SQLAlchemy, quoted where its name needs that."""
    # Import late: most commands do without SQLAlchemy.
    from sqlalchemy import URL
    from sqlalchemy import make_url

    plain = f"sqlite:///{path.as_posix()}"
    parsed = make_url(plain)
    if parsed.database == path.as_posix() and not parsed.query:
        return plain
    # With its driver named: MLflow would make the folder of a plain address, quotes and all.
    return URL.create("sqlite+pysqlite", database=path.as_posix()).render_as_string()
