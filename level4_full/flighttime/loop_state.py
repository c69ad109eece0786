"""Where the loop is, read off the ledger: after a kill at any step the next turn goes on."""

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace
from functools import reduce

LOOP = "the policy"  # who decides, in the ledger, where no person does
IDLE, TRAIN, CERTIFY, REFIT, CHECK = "idle", "train", "certify", "refit", "check"
BEGIN, SHADOW, RELEASE, CONFIRM, SPLIT = "begin shadow", "shadow", "release", "confirm", "split"
RETRAINING = [TRAIN, CERTIFY, REFIT, CHECK]

# A decision leads from one step to the next.
NEXT = {
    (IDLE, "retrain"): TRAIN,
    (TRAIN, "trained"): CERTIFY,
    (CERTIFY, "PROMOTE"): REFIT,
    (REFIT, "refitted"): CHECK,
    (CHECK, "PROMOTE"): BEGIN,
    (BEGIN, "shadow"): SHADOW,
    (SHADOW, "shadow passed"): RELEASE,
    (RELEASE, "released"): CONFIRM,
}
GATE = ["PROMOTE", "REJECT", "TIE", "INSUFFICIENT DATA"]
REFUSALS = [*GATE[1:], "shadow failed", "taken back", "rolled back to"]
SWITCHES = ["released", "rolled back to", "taken back"]


@dataclass(frozen=True)
class LoopState:
    """The next step, for which version; `day` and `since` (UTC) of the decision that led to it.

    `beside` is the champion to replace, or replaced; in CHECK and BEGIN, what was refitted.
    """

    step: str = IDLE
    version: str = ""
    beside: str = ""
    day: str = ""
    since: str = ""
    refused: int = 0  # retrainings in a row that came to nothing
    calls: tuple[str, ...] = ()  # calls since the last "confirmed", or switch by a person

    @property
    def summary(self) -> dict[str, str]:
        return {"step": self.step, "version": self.version, "beside": self.beside}


def of(history: Iterable[dict]) -> LoopState:
    """The state that these entries of the ledger, oldest first, have led to."""
    return reduce(after, history, LoopState())


def after(state: LoopState, entry: dict) -> LoopState:
    """The state after one more entry; a switch or split by a person ends what the loop began."""
    decision, ours = entry["decision"], entry.get("by") == LOOP
    if decision == "call":
        return replace(state, calls=(*state.calls, entry["reason"]))
    if decision == "split":
        return replace(state, step=SPLIT, version=entry["version"], day=entry["day"])
    if decision == "split ended":
        return LoopState(refused=state.refused, calls=state.calls)
    # An undone switch is tried again; a verdict on what a person trained changes nothing.
    if entry.get("interrupted") or decision in GATE and not awaited(state, entry):
        return state
    if decision == "confirmed" or decision in SWITCHES and not ours:
        return LoopState()
    if decision in REFUSALS:
        return LoopState(refused=state.refused + 1, calls=state.calls)
    if step := NEXT.get((state.step, decision)):
        beside = entry.get("beside", state.beside)
        now = {"version": entry["version"], "day": entry["day"], "since": entry["utc"]}
        return replace(state, step=step, beside=beside, **now)
    return state


def awaited(state: LoopState, entry: dict) -> bool:
    """Whether the gate judged what the loop trained, not what a person tries."""
    return state.step in RETRAINING and state.version == entry["version"]
