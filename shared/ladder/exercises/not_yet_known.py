"""Would the split have been the same on the day itself?"""

from datetime import date

import pandas as pd

from flighttime import train

TODAY = date(2013, 2, 1)


def check() -> None:
    days = pd.date_range("2013-01-01", "2013-02-10").repeat(20)
    number = pd.Series(range(len(days)))
    rows = {"date": days, "air_time": 100.0, "flight_id": number.map("flight {}".format)}
    late = pd.to_timedelta(number % 20 // 16 * 6 + 1, unit="D")
    table = pd.DataFrame(rows).assign(published=lambda rows: rows["date"] + late)
    table.loc[number % 20 == 1, "air_time"] = None  # cancelled
    known = table[table["published"] <= pd.Timestamp(TODAY)]
    for name, now, then in zip(
        ("to learn from", "to measure on"),
        train.split(table, TODAY),
        train.split(known, TODAY),
        strict=True,
    ):
        more = len(set(now["flight_id"]) - set(then["flight_id"]))
        assert not more, (
            f"as of {TODAY}, {more} of {len(now)} flights {name} were published after that day"
        )
        assert now["air_time"].notna().all(), f"flights that never landed are in those {name}"
        assert len(now) == len(then), f"{len(then)} flights {name} were known, {len(now)} are used"
    assert len(now) > 80, "flights that had landed and were known are left out"
