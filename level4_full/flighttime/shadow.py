"""Shadow evaluation before a release, and a watch after it, on the same live flights.

python -m flighttime.shadow

A challenger first runs as a shadow: it predicts every flight and answers none. After its release
the old champion is the shadow, and comes back if the new one is clearly worse.
"""

from datetime import date

from flighttime import certificates
from flighttime import ingest
from flighttime import loop_state
from flighttime import outcomes
from flighttime import package
from flighttime import policy
from flighttime import release
from flighttime import rollback
from flighttime.environments import PRODUCTION
from flighttime.loop_state import LOOP
from flighttime.loop_state import LoopState
from flighttime.predictions import STORE
from groundcrew import commands
from groundcrew import ledger
from groundcrew import registry
from groundcrew import settings
from groundcrew import smoke
from groundcrew import transactions
from groundcrew.errors import UserError
from groundcrew.predictions import lease


def settle(today: date) -> LoopState:
    """Take every step that is due today; returns the state in which the loop waits."""
    before, state = None, loop_state.of(ledger.entries_until(today))
    while state != before:
        shadows = {loop_state.SHADOW: state.version, loop_state.CONFIRM: state.beside}
        smoke.show_shadow(shadows.get(state.step, ""))  # the registry names it, the app follows
        if state.step in STEPS:
            STEPS[state.step](state, today)
        before, state = state, loop_state.of(ledger.entries_until(today))
    return state


def begin(state: LoopState, today: date) -> None:
    """Start the shadow evaluation of a certified version."""
    champion = registry.champion()
    try:
        certificates.require(state.version, today, "PROMOTE")
        package.install(state.version, PRODUCTION)
    except UserError as error:
        return end(state, today, "shadow failed", f"{error}")
    flights = settings.section("policy")["shadow_flights"]
    reason = f"shadow of version {champion} until {flights:,} flights have landed"
    ledger.record(today, "shadow", state.version, by=LOOP, beside=champion, reason=reason)


def evaluate(state: LoopState, today: date) -> None:
    """Let the shadow pass or fail once enough flights have landed: it fails if clearly worse."""
    found = compare(state)
    if found is not None:
        end(state, today, "shadow passed" if found.yes else "shadow failed", found.reason)


def put_in_charge(state: LoopState, today: date) -> None:
    """Release the challenger, if its certificate still holds."""
    problem = transactions.attempt(lambda: release.release(state.version, today, LOOP))
    if problem:
        end(state, today, "shadow failed", problem)


def confirm(state: LoopState, today: date) -> None:
    """Keep the new champion, or roll back; if that fails, a call of a person is in the ledger."""
    found = compare(state)
    if found is not None and found.yes:
        end(state, today, "confirmed", found.reason)
    elif found is not None:
        problem = transactions.attempt(lambda: rollback.roll_back(today, LOOP, found.reason))
        if problem:
            why = f"version {state.version} stays, though {found.reason}: {problem}"
            ledger.record(today, "shadow failed", state.beside, by=LOOP, reason=why, call=why)


def compare(state: LoopState) -> policy.Decision | None:
    """How both versions did on the flights that both predicted and that have landed."""
    errors = STORE.errors_of_both(state.version, state.beside, since=state.since)
    return policy.compare(*errors, settings.section("policy"), state.step)


def end(state: LoopState, today: date, decision: str, reason: str) -> None:
    ledger.record(today, decision, state.version, by=LOOP, beside=state.beside, reason=reason)


STEPS = {
    loop_state.BEGIN: begin,
    loop_state.SHADOW: evaluate,
    loop_state.RELEASE: put_in_charge,
    loop_state.CONFIRM: confirm,
}


def main(*, today: commands.Today) -> None:
    with lease.held("settling what is under way"):
        release.SWITCH.recover(today)
        ingest.update(today)
        outcomes.update(today)
        commands.outputs(settle(today).summary)


if __name__ == "__main__":
    commands.run(main)
