"""Do only flights that have landed count in a week's error?"""

from datetime import date
from types import SimpleNamespace
from unittest.mock import Mock
from unittest.mock import patch

import pandas as pd

from flighttime import baseline
from flighttime import monitor
from flighttime import tracking
from groundcrew import registry

MONDAY, TODAY = date(2013, 3, 4), date(2013, 3, 11)


def check() -> None:
    answers = pd.DataFrame(
        {
            "minutes": [110.0, 90.0, 100.0, 100.0, 100.0],
            "air_time": [100.0, 100.0, None, None, None],
            "published": pd.to_datetime(["2013-03-05"] * 3 + [None] * 2),
            "milliseconds": 1.0,
            "model": "1",
            "date": pd.Timestamp("2013-03-04"),
        }
    )
    store = SimpleNamespace(outcomes=lambda *_: answers, failures=lambda *_: 0)
    with (
        patch.object(monitor, "STORE", store),
        patch.object(baseline, "daily_error", Mock(return_value=8.0)),
        patch.object(registry, "certified_error", Mock(return_value=8.0)),
        patch.object(tracking, "drift", Mock(return_value={})),
    ):
        week = monitor.measure(MONDAY, pd.DataFrame(), TODAY)
    said = "five flights: two have landed, each ten minutes off, one is cancelled, two are awaited"
    assert week.mae == 10.0, f"{said}; the mean error of the week is {week.mae:g}"
    assert week.labels == 2, f"{said}; the week counts {week.labels} landings"
    assert week.cancelled == 1, f"{said}; the week counts {week.cancelled} cancelled"
    assert week.answers == 5, f"{said}; the week counts {week.answers} answers"
