"""Questions about the past: which version was the champion, and where a prediction comes from."""

import re
from datetime import datetime

from groundcrew import ledger
from groundcrew.errors import UserError
from groundcrew.ledger import storage
from groundcrew.serving import run_mark

PREDICTION_ID = re.compile(r"(\d+)-([0-9a-f]{32})")


def who_was_champion(time: str) -> str:
    """Return the champion at a time, since when, who approved it, and on which evidence.

    Raises UserError if `time` is not in ISO 8601 format.
    """
    until = parse_time(time)
    changes = [entry for entry in ledger.entries() if entry["decision"] in ledger.FACTS]
    earlier = [entry for entry in changes if ledger.time_of(entry) <= until]
    if not changes:
        return "no version: there was no release yet"
    if not earlier:
        return f"no version: the first release was at {ledger.time_of(changes[0]).isoformat()}"
    entry = earlier[-1]
    by = f"{entry['decision']} by {entry.get('by', 'an unnamed person')}"
    numbers = (f"{name} {value}" for name, value in entry.get("evidence", {}).items())
    return (
        f"version {entry['version']} since {ledger.time_of(entry).isoformat()}, "
        f"{by}: {entry.get('reason', 'no reason given')} ({', '.join(numbers) or 'no numbers'})"
    )


def lineage(prediction_id: str) -> str:
    """Return the version, run, commit and data version behind a prediction.

    Raises UserError if the id is malformed, if its version is not in the registry, or if the
    registry has another model under this number.
    """
    # Imported late: it imports MLflow, which takes seconds.
    from groundcrew import registry

    match = PREDICTION_ID.fullmatch(prediction_id)
    if not match:
        raise UserError(
            f"{prediction_id!r} is not the id of a prediction: "
            "give an answer's prediction_id, such as 7-0f...",
        )
    origin = registry.lineage(match[1])
    if not match[2].startswith(mark := run_mark(origin["run"])):
        raise UserError(
            f"{prediction_id} is not by the version {match[1]} of this registry, whose ids "
            f"begin with {match[1]}-{mark}: look in the registry that was used at the time",
        )
    return (
        f"version {match[1]}, run {origin['run']}, commit {origin['commit']}, "
        f"data version {origin['data_version']}"
    )


def verify() -> str:
    """Return that the ledger is intact, with the digest to compare with a later one.

    Raises UserError if an entry was changed, removed or inserted.
    """
    total, chained, digest = storage.verify()
    older = f", {total - chained} of them by older code, before the chain" * (total > chained)
    return f"the ledger is intact: {total} entries{older}, last digest {digest}"


def parse_time(text: str) -> datetime:
    """Parse an ISO 8601 time, without a zone in this machine's; raises UserError if it is none."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise UserError(f"{text!r} is not a time: write it like 2013-07-04T12:00") from None
