"""Every decision about models, in order, for good: what was decided, when, by whom, on which evidence.

    python -m flighttime.ledger
"""

import argparse
import json
import os
from datetime import date
from pathlib import Path

from flighttime import settings
from flighttime import steps
from flighttime.errors import Refused


def record(today: date, decision: str, version: str, **evidence: object) -> None:
    """Append one decision; it is on the disk when this returns. Raises Refused if it is in nobody's name."""
    if not str(evidence.get("by", "the gate")).strip():
        raise Refused("nobody approves: name who does with --approved-by")
    entry = {"day": f"{today}", "decision": decision, "version": version, **evidence}
    place().parent.mkdir(parents=True, exist_ok=True)
    # One write in append mode: whole lines, also with two writers.
    with place().open("ab", buffering=0) as file:
        file.write(start_of_line() + json.dumps(entry).encode() + b"\n")
        os.fsync(file.fileno())


def start_of_line() -> bytes:
    """What begins a new line where a writer that was killed left half of one; an empty line too many does no harm."""
    with place().open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return b""
        file.seek(-1, os.SEEK_END)
        return b"" if file.read() == b"\n" else b"\n"


def entries() -> list[dict]:
    """All decisions, oldest first, without lines that were never finished."""
    if not place().exists():
        return []
    return [entry for line in place().read_bytes().splitlines() if (entry := whole(line))]


def whole(line: bytes) -> dict | None:
    try:
        return json.loads(line)
    except ValueError:
        return None


def champions() -> list[str]:
    """The versions that led up to the champion, oldest first, each once; what was rolled back is left out."""
    line: list[str] = []
    for entry in entries():
        version = entry["version"]
        if entry["decision"] == "released":
            line = [*(other for other in line if other != version), version]
        if entry["decision"] == "rolled back to":
            line = line[: line.index(version) + 1]
    return line


def since(version: str) -> str:
    """The day on which a version last became the champion, and in whose name."""
    for entry in reversed(entries()):
        if entry["version"] == version and entry["decision"] in ("released", "rolled back to"):
            return f"{entry['day']}, by {entry.get('by', 'nobody named')}"
    return "not written down"


def place() -> Path:
    return settings.runs() / "ledger.jsonl"


def main(arguments: argparse.Namespace) -> None:
    for entry in entries():
        by = f", by {entry['by']}" if "by" in entry else ""
        print(f"{entry['day']}  version {entry['version']:>3}  {entry['decision']}{by}: {entry.get('reason', '')}")


if __name__ == "__main__":
    steps.run(main, steps.parser(__doc__))
