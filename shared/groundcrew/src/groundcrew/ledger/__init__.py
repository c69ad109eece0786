"""The decision ledger: who decided what about which version, when, and on which evidence.

It is append-only, and one JSON object a line. `python -m groundcrew.ledger` prints it.
"""

from datetime import UTC
from datetime import date
from datetime import datetime

from groundcrew.errors import NotFound
from groundcrew.errors import UserError
from groundcrew.ledger.future import entries_until as entries_until
from groundcrew.ledger.future import until as until
from groundcrew.ledger.future import warn_of_later as warn_of_later
from groundcrew.ledger.storage import append
from groundcrew.ledger.storage import entries as entries
from groundcrew.ledger.storage import path as path

RELEASING = "releasing"
RELEASED = "released"
ROLLING_BACK = "rolling back to"
ROLLED_BACK = "rolled back to"
TAKEN_BACK = "taken back"
# Each switch is recorded twice: its intent, and its outcome. An intent without an outcome means
# that the process died in between.
INTENTS = {RELEASING: RELEASED, ROLLING_BACK: ROLLED_BACK}
# The decisions after which another version is the champion.
FACTS = list(INTENTS.values())


def record(today: date, decision: str, version: str | None, **evidence: object) -> None:
    """Append one decision, flushed to the disk before returning.

    A `version` of None, such as a champion before the first release, is stored as "". Raises
    UserError if the evidence holds an empty name `by`.
    """
    if not str(evidence.get("by", "the gate")).strip():
        raise UserError("the approver has no name: give one with --approved-by")
    utc = datetime.now(UTC).isoformat(timespec="microseconds")
    times = {"at": _timestamp(today), "utc": utc, "day": f"{today}"}
    append({**times, "decision": decision, "version": version or "", **evidence})


def champions() -> list[str]:
    """Return the versions that led to the champion, the oldest first, without rolled-back ones."""
    chain: list[str] = []
    for entry in entries():
        decision, version = entry["decision"], entry["version"]
        if decision == ROLLED_BACK and version in chain:
            chain = chain[: chain.index(version) + 1]
        elif decision in FACTS:
            chain = [*(other for other in chain if other != version), version]
    return chain


def champion_before(champion: str | None) -> str:
    """Return the champion before this one, skipping rolled-back ones.

    Raises UserError if there is none.
    """
    chain = champions()
    earlier = chain[: chain.index(champion)] if champion in chain else chain
    if not earlier:
        raise NotFound("there is no earlier champion to go back to: release another version")
    return earlier[-1]


def since(version: str) -> str:
    """Return when a version last became the champion, and who approved it, in words."""
    for entry in reversed(entries()):
        if entry["version"] == version and entry["decision"] in FACTS:
            return f"{entry['day']}, by {entry.get('by', 'an unnamed person')}"
    return "not recorded"


def time_of(entry: dict) -> datetime:
    """Return when a decision was made, in this machine's zone.

    The first ledgers have times without a zone, which are this machine's, or the day only.
    """
    return datetime.fromisoformat(entry.get("at") or entry["day"]).astimezone()


def pending() -> dict | None:
    """Return the last release or rollback if it has no outcome yet."""
    switches = (*INTENTS, *FACTS, TAKEN_BACK)
    last = [entry for entry in entries() if entry["decision"] in switches][-1:]
    return last[0] if last and last[0]["decision"] in INTENTS else None


def _timestamp(today: date) -> str:
    """The clock's time in UTC, on the simulated day of this machine's zone if there is one.

    A clock that is one day off is not simulated: midnight has passed.
    """
    now = datetime.now()
    simulated = abs((now.date() - today).days) > 1
    at = datetime.combine(today, now.time()) if simulated else now
    return at.astimezone(UTC).isoformat(timespec="seconds")
