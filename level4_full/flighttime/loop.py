"""One turn of the loop: measure production, decide, retrain, certify, refit, evaluate, release.

python -m flighttime.loop [--every SECONDS]

A killed turn loses only its half-done step: the next one reads the state off the ledger.
"""

from datetime import date

from flighttime import gate
from flighttime import ingest
from flighttime import loop_state
from flighttime import monitor
from flighttime import outcomes
from flighttime import package
from flighttime import pipeline
from flighttime import policy
from flighttime import release
from flighttime import shadow
from flighttime import train
from flighttime.loop_state import LOOP
from flighttime.loop_state import LoopState
from groundcrew import commands
from groundcrew import ledger
from groundcrew import registry
from groundcrew import scheduling
from groundcrew import settings
from groundcrew.errors import UserError
from groundcrew.predictions import lease


def turn(today: date) -> dict[str, str]:
    """Take one turn; returns what it decided, why a person is called, and the loop's state."""
    rules = settings.section("policy")
    with lease.held("measuring production") as report:
        release.SWITCH.recover(today)
        ingest.update(today)
        outcomes.update(today)
        weeks = monitor.weeks(today, rules["window_weeks"])
        monitor.store(weeks, today)
        shadow.settle(today)  # what ends today makes room for a retraining
        decision = policy.decide(weeks, today, ledger.entries_until(today), rules)
        if decision.yes:
            report("retraining")
            retrain(weeks, today, decision.reason)
        state = shadow.settle(today)
        if call := policy.call(weeks, today, ledger.entries_until(today), rules):
            ledger.record(today, "call", registry.champion(), by=LOOP, reason=call)
    said = {"retrain": str(decision.yes).lower(), "reason": decision.reason, "call": call}
    return {**said, **state.summary}


def retrain(weeks: list[monitor.Week], today: date, reason: str) -> None:
    """Train, certify and refit; each step that is in the ledger already is not done again."""
    breach, _ = policy.judge(weeks, settings.section("policy"))
    changes = settings.section("gate_in_breach") if breach else {}
    champion, state = registry.champion(), loop_state.of(ledger.entries_until(today))
    if state.step == loop_state.IDLE:
        ratios = {f"{week.first}": round(week.ratio, 4) for week in weeks}
        ledger.record(today, "retrain", champion, by=LOOP, reason=reason, evidence=ratios)
    if state.step in (loop_state.IDLE, loop_state.TRAIN):
        version = pipeline.run(today)
        ledger.record(today, "trained", version, by=LOOP, beside=champion)
    while (state := loop_state.of(ledger.entries_until(today))).step in loop_state.RETRAINING:
        try:
            certify(state, today, changes)
        except UserError as error:  # such as a version that was deleted since
            ledger.record(today, "REJECT", state.version, by=LOOP, reason=f"{error}")


def certify(state: LoopState, today: date, changes: dict[str, float]) -> None:
    """Do the next step: certify what was trained, refit it, or certify the refit."""
    if state.step == loop_state.REFIT:
        return ledger.record(today, "refitted", refit(state.version), by=LOOP, beside=state.version)
    package.package(state.version)
    if state.step == loop_state.CHECK:
        gate.certify_refit(state.version, state.beside, today)
    else:
        gate.certify(state.version, today, **changes)


def refit(certified: str) -> str:
    """Register a model made as a certified version was, on its holdout too; returns the version."""
    made_from = registry.lineage(certified)
    today, data_version = date.fromisoformat(made_from["today"]), int(made_from["data_version"])
    return registry.register(train.train(today, data_version=data_version, refit=True))


def main(*, today: commands.Today, every: float = 0) -> None:
    if every:
        scheduling.repeat(turn, every)
    else:
        commands.outputs(turn(today))


if __name__ == "__main__":
    commands.run(main)
