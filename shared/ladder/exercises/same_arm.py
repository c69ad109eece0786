"""Does each flight keep its arm, and the challenger its share?"""

from types import SimpleNamespace

from flighttime import split
from flighttime.features import FEATURES

ROUTE = {"carrier": "UA", "origin": "EWR", "dest": "IAH", "distance": 1400, "sched_dep_min": 317}
SHARE = 0.3


def check() -> None:
    models = {
        "champion": SimpleNamespace(version="1"),
        "challenger": SimpleNamespace(version="2"),
        "share": SHARE,
    }
    state = SimpleNamespace(**models)
    named = [{"flight_id": f"2013-03-01 UA{number} EWR-IAH", **ROUTE} for number in range(1000)]
    unnamed = [{**ROUTE, "sched_dep_min": number} for number in range(1000)]
    for kind, flights in (("", named), (" without an id", unnamed)):
        first, second = ([split.arm(state, one).version for one in flights] for _ in range(2))
        changed = sum(one != other for one, other in zip(first, second, strict=True))
        assert not changed, f"asked twice, {changed} of 1,000 flights{kind} got two answers"
        share = first.count("2") / 1000
        assert abs(share - SHARE) < 0.06, (
            f"the challenger answers {share:.0%} of the flights{kind}, and its share is {SHARE:.0%}"
        )
    assert set(ROUTE) <= set(FEATURES)
    alone = SimpleNamespace(**{**models, "challenger": None})
    assert split.arm(alone, named[0]).version == "1", "without a test the champion answers"
