"""One turn of the loop: measure production, decide, retrain, certify, evaluate, release.

python -m flighttime.loop [--every SECONDS]

A turn that is killed costs what it had not finished: the next one reads the state off the ledger.
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
from flighttime.loop_state import LOOP
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
        decision = policy.decide(weeks, today, ledger.entries(), rules)
        if decision.yes:
            report("retraining")
            retrain(weeks, today, decision.reason)
        state = shadow.settle(today)
        call = policy.call(weeks, today, ledger.entries(), rules)
        if call:
            ledger.record(today, "call", registry.champion(), by=LOOP, reason=call)
    said = {"retrain": str(decision.yes).lower(), "reason": decision.reason, "call": call}
    return {**said, **state.summary}


def retrain(weeks: list[monitor.Week], today: date, reason: str) -> None:
    """Train and certify; each step that is in the ledger already is not done again."""
    champion, state = registry.champion(), loop_state.of(ledger.entries())
    if state.step == loop_state.IDLE:
        ratios = {f"{week.first}": round(week.ratio, 4) for week in weeks}
        ledger.record(today, "retrain", champion, by=LOOP, reason=reason, evidence=ratios)
    if state.step != loop_state.CERTIFY:
        version = pipeline.run(today)
        ledger.record(today, "trained", version, by=LOOP, beside=champion)
    version = loop_state.of(ledger.entries()).version
    try:
        package.package(version)
    except UserError as error:  # such as a version that was deleted since
        return ledger.record(today, "REJECT", version, by=LOOP, reason=f"{error}")
    gate.certify(version, today)


def main(*, today: commands.Today, every: float = 0) -> None:
    if every:
        scheduling.repeat(turn, every)
    else:
        commands.outputs(turn(today))


if __name__ == "__main__":
    commands.run(main)
