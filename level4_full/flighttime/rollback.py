"""Take a release back: the champion before it becomes champion again.

python -m flighttime.rollback --approved-by "Kim"
"""

from datetime import date

from flighttime import package
from flighttime.environments import PRODUCTION
from flighttime.release import SWITCH
from groundcrew import commands
from groundcrew import ledger
from groundcrew import registry


def roll_back(today: date, approved_by: str, **why: object) -> str:
    """Make the champion before this one champion again; returns its version."""
    before = registry.champion()
    with SWITCH.exclusive(today) as recovered:
        champion = registry.champion()
        if champion and (champion != before or recovered == "rolled back to"):
            return champion  # an interrupted switch has just been undone
        version = ledger.champion_before(champion)
        package.load(version, PRODUCTION)
        about = {"by": approved_by, "reason": f"away from version {champion}"} | why
        SWITCH.run(today, "rolling back to", version, **about)
        return version


def main(*, approved_by: str, today: commands.Today) -> None:
    commands.output("released", roll_back(today, approved_by))


if __name__ == "__main__":
    commands.run(main)
