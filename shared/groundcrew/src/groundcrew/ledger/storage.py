"""The ledger's file: append-only, one JSON object a line."""

import json
import os
from pathlib import Path

from groundcrew import settings


def append(entry: dict) -> None:
    """Append one entry, flushed to the disk before returning."""
    # JSON escapes line breaks, so that no name can add an entry of its own.
    line = json.dumps(entry).encode() + b"\n"
    path().parent.mkdir(parents=True, exist_ok=True)
    # One write in append mode: lines stay whole with two writers at once.
    with path().open("ab", buffering=0) as file:
        file.write(_start_of_line() + line)
        os.fsync(file.fileno())


def entries() -> list[dict]:
    """Return all decisions, the oldest first, without lines that were not completed."""
    if not path().exists():
        return []
    lines = path().read_bytes().splitlines()
    return [entry for line in lines if (entry := _parse(line)) is not None]


def path() -> Path:
    """Return the ledger's file."""
    return settings.runs() / "ledger.jsonl"


def _start_of_line() -> bytes:
    """A line break if a killed process left half a line; one empty line more does no harm."""
    with path().open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return b""
        file.seek(-1, os.SEEK_END)
        return b"" if file.read() == b"\n" else b"\n"


def _parse(line: bytes) -> dict | None:
    try:
        return json.loads(line)
    except ValueError:
        return None
