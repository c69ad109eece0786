"""The ledger's file: append-only, one JSON object a line, each with the digest of what is before.

So no one can change, remove or insert an earlier line without breaking the chain. The last digest,
which `verify` returns, is what to keep elsewhere: a chain does not show that its end was cut off.
"""

import json
import os
from hashlib import sha256
from pathlib import Path

from groundcrew import locks
from groundcrew import settings
from groundcrew.errors import UserError

PREVIOUS = "previous"  # the SHA-256 digest of all bytes before the line
MAX_WAIT_SECONDS = 60


def append(entry: dict) -> None:
    """Append one entry, flushed to the disk before returning."""
    with locks.exclusive("entry of the ledger", MAX_WAIT_SECONDS):
        path().parent.mkdir(parents=True, exist_ok=True)
        content = path().read_bytes() if path().exists() else b""
        # A line break if a killed process left half a line; one empty line more does no harm.
        start = b"" if content.endswith(b"\n") or not content else b"\n"
        chained = {**entry, PREVIOUS: sha256(content + start).hexdigest()}
        # JSON escapes line breaks, so that no name can add an entry of its own.
        line = json.dumps(chained).encode() + b"\n"
        with path().open("ab", buffering=0) as file:
            file.write(start + line)
            os.fsync(file.fileno())


def entries() -> list[dict]:
    """Return all decisions, the oldest first, without lines that were not completed."""
    lines = path().read_bytes().splitlines() if path().exists() else []
    parsed = [entry for line in lines if (entry := _parse(line)) is not None]
    return [{name: entry[name] for name in entry if name != PREVIOUS} for entry in parsed]


def verify() -> tuple[int, int, str]:
    """Check the chain; returns the number of entries, how many are in it, and its last digest.

    Entries that older code wrote before the chain began are in no chain, but the first one in it
    names the digest of them all. Raises UserError that names the first line that breaks it.
    """
    content = path().read_bytes() if path().exists() else b""
    digest, total, chained = sha256(), 0, 0
    for number, line in enumerate(content.splitlines(keepends=True), start=1):
        entry = _parse(line)
        if entry is not None and (PREVIOUS in entry or chained):
            if entry.get(PREVIOUS) != digest.hexdigest():
                raise UserError(
                    f"line {number} of {path()} does not follow from what is before it, which was "
                    "changed, or it was added by hand: restore the file from a backup",
                )
            chained += 1
        total += entry is not None
        digest.update(line)
    last = content.rpartition(b"\n")[0].rpartition(b"\n")[2] if content.endswith(b"\n") else b""
    # A killed process leaves half a line without its end, to which the next entry is chained.
    if last.strip() and _parse(last) is None:
        raise UserError(f"the last line of {path()} is no entry, it was added by hand: remove it")
    return total, chained, digest.hexdigest()


def path() -> Path:
    """Return the ledger's file."""
    return settings.runs() / "ledger.jsonl"


def _parse(line: bytes) -> dict | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None
