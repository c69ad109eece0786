"""Undo a switch of champions, and record that in the ledger."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NoReturn

from groundcrew import commands
from groundcrew import ledger
from groundcrew.errors import UserError

REMEDY = "see the application's log, and python -m groundcrew.ledger"


class RolledBack(UserError):
    """A switch that was undone, because the version is missing or failed its smoke test."""


@dataclass(frozen=True)
class Champion:
    """How to read, to change, to smoke-test and to identify the champion.

    `champion` returns the current version, None for none; `smoke_test` returns what is wrong with
    a version, "" for nothing; `run_id` returns the run that made a version, which identifies it
    even if its number is given again. It and `set_champion` raise UserError if the version does
    not exist.
    """

    champion: Callable[[], str | None]
    set_champion: Callable[[str | None], None]
    smoke_test: Callable[[str], str]
    run_id: Callable[[str], str]

    def switch_to(self, version: str | None, run: str | None) -> None:
        """Make a version the champion; raises UserError if it is missing or of another run.

        Without a `run`, which older ledgers do not name, any run will do.
        """
        if version is not None and run and self.run_id(version) != run:
            raise UserError(
                f"version {version} is not the one that was meant, which run {run} made: "
                "this is a new registry, so release a version of its own",
            )
        self.set_champion(version)

    def run_of(self, version: str | None) -> str | None:
        """Return the run that made a version; None if there is no version, or it is gone."""
        try:
            return None if version is None else self.run_id(version)
        except UserError:
            return None

    def failure(self, version: str) -> str:
        try:
            return self.smoke_test(version)
        except UserError as problem:
            return f"{problem}"

    def roll_back(self, today: date, intent: dict, failure: str) -> NoReturn:
        """Restore the previous champion, record that, and raise RolledBack."""
        version, restored = intent["version"], self._restore(intent)
        was_release = intent["decision"] == ledger.RELEASING
        evidence = {**_by(intent), "reason": f"away from version {version}: {failure}"}
        if was_release and restored:
            ledger.record(today, ledger.ROLLED_BACK, restored, **evidence)
        else:
            ledger.record(today, ledger.TAKEN_BACK, version, **evidence)
        subject = f"version {version}" if was_release else f"the rollback to version {version}"
        now = f"version {restored} is the champion" if restored else "there is no champion"
        again = self.failure(restored) if restored else ""
        also = f" (and with version {restored}, {again})" if again else ""
        raise RolledBack(f"{subject} was taken back, {now}{also}: {failure}: {REMEDY}")

    def _restore(self, intent: dict) -> str | None:
        """Make the previous version the champion, or none if it is gone; return it."""
        before = intent.get("before")
        try:
            self.switch_to(before, intent.get("before_run"))
            return before
        except UserError as problem:
            commands.warning(f"version {before} cannot be the champion again: {problem}")
            self.set_champion(None)
            return None

    def undo_before_switch(self, today: date, intent: dict) -> NoReturn:
        if self.champion() is None and intent.get("before"):
            self._restore(intent)
        reason = "the process ended before the switch"
        evidence = {**_by(intent), "reason": reason, "interrupted": True}
        ledger.record(today, ledger.TAKEN_BACK, intent["version"], **evidence)
        raise RolledBack("it was undone")


def _by(intent: dict) -> dict[str, object]:
    return {"by": intent["by"]} if "by" in intent else {}
