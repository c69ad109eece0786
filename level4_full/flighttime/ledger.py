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


def record(today: date, decision: str, version: str, **evidence: object) -> None:
    """Append one decision; it is on the disk when this returns."""
    entry = {"day": f"{today}", "decision": decision, "version": version, **evidence}
    place().parent.mkdir(parents=True, exist_ok=True)
    # One write in append mode: whole lines, also with two writers.
    with place().open("ab", buffering=0) as file:
        file.write(json.dumps(entry).encode() + b"\n")
        os.fsync(file.fileno())


def entries() -> list[dict]:
    """All decisions, oldest first."""
    if not place().exists():
        return []
    return [json.loads(line) for line in place().read_text(encoding="utf-8").splitlines()]


def releases() -> list[str]:
    """The versions that became champion, oldest first."""
    return [entry["version"] for entry in entries() if entry["decision"] in ("released", "rolled back to")]


def place() -> Path:
    return settings.runs() / "ledger.jsonl"


def main(arguments: argparse.Namespace) -> None:
    for entry in entries():
        by = f", by {entry['by']}" if "by" in entry else ""
        print(f"{entry['day']}  version {entry['version']:>3}  {entry['decision']}{by}: {entry.get('reason', '')}")


if __name__ == "__main__":
    steps.run(main, steps.parser(__doc__))
