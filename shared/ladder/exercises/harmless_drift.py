"""Does the policy retrain for a larger error, and not for drift alone?"""

from types import SimpleNamespace

from flighttime import policy
from groundcrew import settings


def week(ratio: float, psi: float) -> SimpleNamespace:
    drift = {"seats": {"psi": psi}, "distance": {"psi": 0.01}}
    return SimpleNamespace(first="2013-07-01", ratio=ratio, labels=6000, drift=drift)


CASES = [
    (1.00, 0.60, False, "seats drift (PSI 0.60) and the model errs as little as ever"),
    (1.25, 0.60, True, "seats drift (PSI 0.60) and the model errs 1.25 times the route median"),
    (1.25, 0.01, True, "nothing drifts and the model errs 1.25 times the route median"),
    (1.00, 0.01, False, "nothing drifts and the model errs as little as ever"),
]


def check() -> None:
    rules = settings.section("policy")
    for ratio, psi, expected, described in CASES:
        found, reason = policy.judge([week(ratio, psi)] * 3, rules)
        assert found is expected, (
            f"for three weeks {described}: the policy {'retrains' if found else 'does nothing'} "
            f"({reason})"
        )
