"""Take a release back: the champion before becomes champion again. Asked again, it goes back one further.

    python -m flighttime.rollback --approved-by "Kim"
"""

import argparse
from datetime import date

from flighttime import environment
from flighttime import journal
from flighttime import ledger
from flighttime import package
from flighttime import production
from flighttime import steps
from flighttime import switchover
from flighttime.errors import Refused


def roll_back(today: date, approved_by: str, **why: object) -> str:
    """Make the champion before this one champion again; returns its version. The ledger keeps the reason and the evidence."""
    with journal.alone("release"):
        ended = switchover.recover(today)
        champion = production.released()
        if ended in ("rolled back to", "taken back") and champion:
            # What was asked for has happened already: one further would be too far.
            return champion
        version = before(champion)
        package.load(version, environment.PRODUCTION)
        about = {"by": approved_by, "reason": f"away from version {champion}"} | why
        switchover.take_over(today, "rolling back to", version, **about)
    return version


def before(champion: str | None) -> str:
    """The version to go back to, never one that was itself rolled back; raises Refused if there is none."""
    line = ledger.champions()
    earlier = line[: line.index(champion)] if champion in line else line
    if not earlier:
        raise Refused("there is no champion before this one to go back to: release another version")
    return earlier[-1]


def main(arguments: argparse.Namespace) -> None:
    steps.output("released", roll_back(arguments.today, arguments.approved_by))


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--approved-by", required=True, help="who approves")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
