"""Does the policy wait after a retraining?"""

from datetime import date
from datetime import timedelta
from types import SimpleNamespace

from flighttime import loop_state
from flighttime import policy
from groundcrew import settings

TODAY = date(2013, 6, 4)
WEEKS = [SimpleNamespace(first="2013-05-27", ratio=1.3, labels=6000, drift={})] * 3


def check() -> None:
    rules = settings.section("policy")
    wait = rules["cooldown_days"]
    assert policy.decide(WEEKS, TODAY, [], rules).yes, "three bad weeks have to start a retraining"
    for days in (1, wait - 1, wait):
        decided = policy.decide(WEEKS, TODAY, ended(TODAY - timedelta(days=days)), rules)
        assert decided.yes is (days >= wait), (
            f"the last retraining was {days} days ago, it came to nothing, and {wait} days are to "
            f"pass: the policy {'retrains' if decided.yes else 'waits'} ({decided.reason})"
        )


def ended(day: date) -> list[dict]:
    """The ledger of a retraining that the gate found no better."""
    return [
        {
            "day": f"{day}",
            "utc": f"{day}",
            "decision": word,
            "version": "2",
            "by": loop_state.LOOP,
            "reason": word,
        }
        for word in ("retrain", "trained", "TIE")
    ]
