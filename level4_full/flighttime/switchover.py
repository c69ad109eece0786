"""One champion takes over from another: announced, done, tried and written down, or taken back; never by halves."""

import os
from datetime import date

from flighttime import ledger
from flighttime import production
from flighttime import smoke
from flighttime import steps
from flighttime.errors import Refused


class TakenBack(Refused):
    """A release that was undone because the application did not answer with it as it should."""


def take_over(today: date, intent: str, version: str, **evidence: object) -> None:
    """Make a version the champion; raises TakenBack if the application does not pass the smoke test with it."""
    # First the intent, then the deed, then the fact: whenever this dies, `recover` knows what to do.
    ledger.record(today, intent, version, before=production.released(), **evidence)
    production.switch_to(version)
    conclude(today, ledger.pending())


def conclude(today: date, intent: dict) -> None:
    """Try what was switched to, and write down how it ended."""
    version, fact = intent["version"], ledger.INTENTS[intent["decision"]]
    kept = {name: intent[name] for name in ("by", "reason", "evidence") if name in intent}
    wrong = tried(version)
    if wrong and fact == "released":
        take_back(today, intent, wrong)
    ledger.record(today, fact, version, **kept)
    if wrong:
        raise Refused(f"version {version} is the champion again, but {wrong}: look at the application's log")


def tried(version: str) -> str:
    """What is wrong with the application's answers, in words; it is the one that FLIGHTTIME_APP names."""
    address = os.environ.get("FLIGHTTIME_APP")
    if not address:
        steps.notice("FLIGHTTIME_APP names no application, so none was asked whether it answers as it should")
        return ""
    try:
        return "; ".join(smoke.check(address, version))
    except Refused as problem:
        return str(problem)


def take_back(today: date, intent: dict, wrong: str) -> None:
    """Put back the champion before, or none if there was none, and see that the application follows."""
    version, before = intent["version"], intent["before"]
    production.switch_to(before)
    still = tried(before) if before else ""
    decision = "rolled back to" if before else "taken back"
    ledger.record(today, decision, before or version, by=intent["by"], reason=f"away from version {version}: {wrong}")
    now = f"version {before} answers again" if before else "there is no champion"
    also = f" (and with version {before}, {still})" if still else ""
    raise TakenBack(f"version {version} was taken back, {now}{also}: {wrong}: look at the application's log")


def recover(today: date) -> str | None:
    """Finish or undo what died half way; returns how it ended, None if nothing had."""
    intent = ledger.pending()
    if intent is None:
        return None
    version, fact = intent["version"], ledger.INTENTS[intent["decision"]]
    begun = f"{intent['decision']} version {version}, begun at {intent['at']}, was never finished"
    if fact == "released" and production.released() != version:
        steps.warning(f"{begun}: it is undone")
        ledger.record(today, "taken back", version, by=intent["by"], reason="it ended before it was done", died=True)
        return "taken back"
    try:
        production.switch_to(version)
        conclude(today, intent)
    except TakenBack as refusal:
        steps.warning(f"{begun}: {refusal}")
        return "taken back"
    steps.warning(f"{begun}: it is finished now")
    return fact
