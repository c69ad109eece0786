"""Switch champions as a transaction: record the intent, switch, smoke-test, commit or roll back.

Whenever the process dies, the ledger says how far it came, and `recover` completes or undoes it.
"""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from groundcrew import commands
from groundcrew import ledger
from groundcrew import locks
from groundcrew.errors import UserError
from groundcrew.rollbacks import REMEDY
from groundcrew.rollbacks import Champion
from groundcrew.rollbacks import RolledBack as RolledBack


@dataclass(frozen=True)
class Switch(Champion):
    """A champion that is changed by transactions."""

    def run(self, today: date, intent: str, version: str, **evidence: object) -> None:
        """Make a version the champion; `intent` is ledger.RELEASING or ledger.ROLLING_BACK.

        Call it in a block of `exclusive`.

        Raises UserError, and records nothing, if the version does not exist; RolledBack if a
        release fails its smoke test. A rollback that fails it is committed all the same, and
        raises UserError.
        """
        run, before = self.run_id(version), self.champion()
        about = {"run": run, "before": before, "before_run": self.run_of(before), **evidence}
        ledger.record(today, intent, version, **about)
        self._complete(today, {"decision": intent, "version": version, **about})

    @contextmanager
    def exclusive(self, today: date) -> Iterator[str | None]:
        """Let no other switch run, and yield what became of one that died, as `recover` does.

        A warning says if the ledger has decisions of a later day than `today`.
        """
        with locks.exclusive("release"):
            ledger.warn_of_later(today)
            yield self._recover(today)

    def recover(self, today: date) -> str | None:
        """Complete or undo the switch of a process that died; it is never left pending.

        Returns the outcome: ledger.RELEASED, ROLLED_BACK, or TAKEN_BACK for a release that was
        undone. Returns None if no switch was pending, or if a rollback was abandoned.
        """
        with locks.exclusive("release"):
            return self._recover(today)

    def _recover(self, today: date) -> str | None:
        intent = ledger.pending()
        if intent is None:
            return None
        version = intent["version"]
        outcome: str | None = ledger.INTENTS[intent["decision"]]
        begun = ledger.time_of(intent).isoformat()
        died = f"{intent['decision']} version {version}, begun at {begun}, was interrupted"
        try:
            if outcome == ledger.RELEASED and self.champion() != version:
                self.undo_before_switch(today, intent)
            self._complete(today, intent)
            end = "it is complete now"
        except RolledBack as problem:
            outcome = ledger.TAKEN_BACK if outcome == ledger.RELEASED else None
            end = f"{problem}"
        except UserError as problem:
            if ledger.pending():
                raise
            end = f"it is complete now, but {problem}"
        commands.warning(f"{died}: {end}")
        return outcome

    def _complete(self, today: date, intent: dict) -> None:
        """Switch and smoke-test, then commit or roll back."""
        version, outcome = intent["version"], ledger.INTENTS[intent["decision"]]
        try:
            self.switch_to(version, intent.get("run"))
        except UserError as problem:
            self.roll_back(today, intent, f"{problem}")
        failure = self.failure(version)
        if failure and outcome == ledger.RELEASED:
            self.roll_back(today, intent, failure)
        names = ("by", "reason", "evidence", "run")
        kept = {name: intent[name] for name in names if name in intent}
        ledger.record(today, outcome, version, **kept)
        if failure:
            raise UserError(f"version {version} is the champion again, but {failure}: {REMEDY}")


def attempt(switch: Callable[[], object]) -> str:
    """Call a function that switches champions; return why it did nothing, "" if it did.

    A switch that failed and is recorded, such as one that was taken back, is printed as a warning.
    """
    before = len(ledger.entries())
    try:
        switch()
    except UserError as problem:
        if len(ledger.entries()) == before:
            return f"{problem}"
        commands.warning(f"{problem}")
    return ""
