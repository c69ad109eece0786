"""A/B test: a certified challenger answers a share of the flights, each flight the same arm.

python -m flighttime.split --version 3 --share 0.2 --approved-by Kim
python -m flighttime.split --version 3 --share 0 --approved-by Kim  (ends it)
"""

from datetime import date

from flighttime import certificates
from flighttime import package
from flighttime.environments import PRODUCTION
from flighttime.release import SWITCH
from groundcrew import commands
from groundcrew import ledger
from groundcrew import registry
from groundcrew import stats
from groundcrew.errors import UserError
from groundcrew.serving import Model
from groundcrew.serving import Serving

KEY = ["carrier", "origin", "dest", "sched_dep_min"]


def arm(state: Serving, flight: dict) -> Model:
    """The model that answers a flight: drawn from the flight's key, so always the same one."""
    if state.challenger is None:
        return state.champion
    key = flight.get("flight_id") or "{}-{} {} {}".format(*map(flight.get, KEY))
    drawn = stats.uniform(f"{state.challenger.version} {key}")
    return state.challenger if drawn < state.share else state.champion


def split(version: str, share: float, today: date, approved_by: str) -> None:
    """Let a version answer a share of the flights, or end that; raises UserError if it may not."""
    if share and not 0.01 <= share <= 0.99:
        raise UserError(f"{share} is not a share: choose 0.01 to 0.99, or 0 to end the test")
    with SWITCH.exclusive(today):
        if share:
            certificates.require(version, today, "PROMOTE", "TIE")
            package.install(version, PRODUCTION)
        elif version != registry.challenger():
            raise UserError(f"version {version} is in no A/B test: there is nothing to end")
        decision = "split" if share else "split ended"
        ledger.record(today, decision, version, by=approved_by, reason=f"{share:.0%} of flights")
        registry.set_split(version, share)  # after the entry, which approves it


def main(*, version: str, share: float, approved_by: str, today: commands.Today) -> None:
    split(version, share, today, approved_by)
    commands.output("split", f"version {version}: {share:.0%}")


if __name__ == "__main__":
    commands.run(main)
