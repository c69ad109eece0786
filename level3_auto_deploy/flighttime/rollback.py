"""Take a release back: the champion before it becomes champion again.

python -m flighttime.rollback --approved-by "Kim" [--reason "worse at Newark"]
"""

from datetime import date

from flighttime import package
from flighttime.environments import PRODUCTION
from flighttime.release import SWITCH
from groundcrew import commands
from groundcrew import ledger
from groundcrew import registry


def roll_back(today: date, approved_by: str, reason: str = "") -> str:
    """Go back to the previous champion; returns the version that is the champion afterwards."""
    before = registry.champion()
    with SWITCH.exclusive(today) as recovered:
        champion = registry.champion()
        if champion and (champion != before or recovered == "rolled back to"):
            return champion  # it changed while this waited, or was rolled back already
        version = ledger.champion_before(champion)
        package.load(version, PRODUCTION)
        reason = reason or f"away from version {champion}"
        SWITCH.run(today, "rolling back to", version, by=approved_by, reason=reason)
        return version


def main(*, approved_by: str, today: commands.Today, reason: str = "") -> None:
    commands.output("released", roll_back(today, approved_by, reason))


if __name__ == "__main__":
    commands.run(main)
