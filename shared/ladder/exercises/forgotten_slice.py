"""Is a challenger rejected that is better on the whole, and worse for a slice?"""

import pandas as pd

from flighttime import verdict
from groundcrew import settings

CASES = [
    # The errors at Virgin America: of the champion, of the challenger; how many flights of ten.
    (10.69, 16.95, 1, "REJECT"),
    (10.69, 11.20, 1, "PROMOTE"),
    (10.69, 9.10, 1, "PROMOTE"),
]


def check() -> None:
    for before, after, share, expected in CASES:
        flights = week(before, after, share)
        means = flights[["champion", "challenger"]].mean()
        rules = settings.section("gate")
        outcome, reason = verdict.decide(verdict.checks(flights, rules), verdict.summary(flights))
        assert outcome == expected, (
            f"champion {means['champion']:.2f}, challenger {means['challenger']:.2f}; for Virgin "
            f"America (VX) {before:.2f} becomes {after:.2f}, and at most "
            f"{rules['max_slice_loss']:g} more is allowed: the gate says {outcome}, not {expected}"
        )
        assert expected == "PROMOTE" or "VX" in reason, (
            f"the rejection does not say for whom the challenger is worse: {reason}"
        )


def week(before: float, after: float, share: int) -> pd.DataFrame:
    number = pd.Series(range(2100))
    west = number % 10 < share
    rows = {
        "date": pd.Timestamp("2013-10-18") + pd.to_timedelta(number % 7, unit="D"),
        "carrier": west.map({True: "VX", False: "UA"}),
        "origin": "EWR",
        "distance": west.map({True: 2475.0, False: 300.0}),
        "route median": 9.0,
        "champion": west.map({True: before, False: 8.40}),
        "challenger": west.map({True: after, False: 6.50}),
    }
    return pd.DataFrame(rows)
