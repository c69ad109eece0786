"""Put a certified model into production: a person approves, and the application follows.

python -m flighttime.release --version 7 --approved-by "Kim"
python -m flighttime.release  (finishes or undoes a release that was interrupted)
"""

from datetime import date

from flighttime import certificates
from flighttime import package
from flighttime import smoke
from flighttime.environments import PRODUCTION
from groundcrew import commands
from groundcrew import packages
from groundcrew import registry
from groundcrew.transactions import Switch

# Intent, switch, smoke test, commit or undo; `exclusive` first ends a switch that was killed.
SWITCH = Switch(registry.champion, registry.set_champion, smoke.failures, registry.run_id)


def release(version: str, today: date, approved_by: str) -> None:
    """Make this version the champion; raises UserError if it has no valid certificate or fails."""
    with SWITCH.exclusive(today) as recovered:
        if recovered == "released" and registry.champion() == version:
            return  # this release was interrupted, and has just been finished
        certificate = certificates.require(version, today, "PROMOTE")
        package.install(version, PRODUCTION)
        evidence = {"package": packages.digest(package.path(version))}
        about = {"by": approved_by, "reason": certificate["reason"], "evidence": evidence}
        SWITCH.run(today, "releasing", version, **about)


def main(*, today: commands.Today, version: str = "", approved_by: str = "") -> None:
    release(version, today, approved_by) if version else SWITCH.recover(today)
    commands.output("released", registry.champion())


if __name__ == "__main__":
    commands.run(main)
