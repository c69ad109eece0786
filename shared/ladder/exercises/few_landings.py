"""Does a week with hardly a landing decide nothing?"""

from math import nan
from types import SimpleNamespace

from flighttime import policy
from groundcrew import settings


def check() -> None:
    rules = settings.section("policy")
    needed = rules["min_labels"]
    cases = [
        (12, 1.9, False),
        (needed - 1, 1.9, False),
        (needed, 1.9, True),
        (needed, nan, False),
        (0, nan, False),
    ]
    for labels, ratio, expected in cases:
        week = SimpleNamespace(first="2013-02-04", ratio=ratio, labels=labels, drift={})
        found, reason = policy.judge([week] * 3, rules)
        assert found is expected, (
            f"weeks of {labels} landings with a ratio of {ratio}: the policy "
            f"{'retrains' if found else 'does nothing'} ({reason})"
        )
        assert expected or "INSUFFICIENT" in reason, (
            f"weeks of {labels} landings, {needed} needed: the reason says {reason!r}, "
            "and not that it is too early to say"
        )
