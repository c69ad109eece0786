"""Every decision about models, in order, for good: what was decided, when, by whom, on which evidence.

    python -m flighttime.ledger
    python -m flighttime.ledger who-was-champion 2013-07-04T12:00
    python -m flighttime.ledger lineage PREDICTION_ID
"""

import argparse
import json
import os
import re
from datetime import date
from datetime import datetime
from pathlib import Path

from flighttime import settings
from flighttime import steps
from flighttime.errors import Refused

# A release and a rollback are announced before they are done: what died in between can be told from what is done.
INTENTS = {"releasing": "released", "rolling back to": "rolled back to"}
FACTS = list(INTENTS.values())
A_PREDICTION = re.compile(r"(\d+)-[0-9a-f]{32}")


def record(today: date, decision: str, version: str, **evidence: object) -> None:
    """Append one decision; it is on the disk when this returns. Raises Refused if it is in nobody's name."""
    if not str(evidence.get("by", "the gate")).strip():
        raise Refused("nobody approves: name who does with --approved-by")
    # Where the calendar is simulated, the clock is not; else what begins before midnight may end after it.
    now = datetime.now()
    at = (now if abs((now.date() - today).days) <= 1 else datetime.combine(today, now.time())).isoformat(timespec="seconds")
    entry = {"at": at, "day": f"{today}", "decision": decision, "version": version, **evidence}
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
        if entry["decision"] == "rolled back to" and version in line:
            line = line[: line.index(version) + 1]
        elif entry["decision"] in FACTS:
            line = [*(other for other in line if other != version), version]
    return line


def since(version: str) -> str:
    """When a version last became the champion, and in whose name."""
    for entry in reversed(entries()):
        if entry["version"] == version and entry["decision"] in FACTS:
            return f"{entry['day']}, by {entry.get('by', 'nobody named')}"
    return "not written down"


def pending() -> dict | None:
    """The release or rollback that was announced last, if nothing says how it ended."""
    ends = [entry for entry in entries() if entry["decision"] in (*INTENTS, *FACTS, "taken back")]
    return ends[-1] if ends and ends[-1]["decision"] in INTENTS else None


def who_was_champion(text: str) -> str:
    """Which version was the champion then, since when, in whose name and on which evidence."""
    changes = [entry for entry in entries() if entry["decision"] in FACTS]
    so_far = [entry for entry in changes if instant(entry) <= moment(text)]
    if not so_far:
        first = f"the first release was at {instant(changes[0]).isoformat()}" if changes else "nothing was released yet"
        return f"no version: {first}"
    entry = so_far[-1]
    decision = f"{entry['decision']} by {entry.get('by', 'nobody named')}: {entry.get('reason', 'nobody said why')}"
    evidence = ", ".join(f"{name} {value}" for name, value in entry.get("evidence", {}).items())
    return f"version {entry['version']} since {instant(entry).isoformat()}, {decision} ({evidence or 'no numbers'})"


def instant(entry: dict) -> datetime:
    """When it was decided; entries of old know the day only."""
    return datetime.fromisoformat(entry.get("at") or entry["day"])


def moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text!r} is not a time: write it like 2013-07-04T12:00") from None
    return at.astimezone().replace(tzinfo=None) if at.tzinfo else at


def lineage(prediction: str) -> str:
    """From a prediction to its version, run, commit and data; raises Refused if no version can have given it."""
    # Imported here: it takes seconds, and the ledger itself is read without.
    from flighttime import tracking

    known = A_PREDICTION.fullmatch(prediction)
    if not known:
        raise Refused(f"{prediction!r} is not the id of a prediction: give an answer's prediction_id, such as 7-0f…")
    made = tracking.lineage(known[1])
    return f"version {known[1]}, run {made['run']}, commit {made['commit']}, data version {made['data_version']}"


def place() -> Path:
    return settings.runs() / "ledger.jsonl"


def main(arguments: argparse.Namespace) -> None:
    if arguments.question:
        print({"who-was-champion": who_was_champion, "lineage": lineage}[arguments.question](arguments.about))
        return
    for entry in entries():
        by = f", by {entry['by']}" if "by" in entry else ""
        print(f"{entry['day']}  version {entry['version']:>3}  {entry['decision']}{by}: {entry.get('reason', '')}")


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    questions = parser.add_subparsers(dest="question", metavar="QUESTION")
    questions.add_parser("who-was-champion", help="at a time, such as 2013-07-04T12:00").add_argument("about")
    questions.add_parser("lineage", help="of a prediction, by its prediction_id").add_argument("about")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
