"""Does the feature measure time, or only subtract clocks?"""

import pandas as pd

from flighttime import features
from groundcrew import feed

# To where, on which day, the two clocks of the timetable, and the minutes between them.
FLIGHTS = [
    ("LAX", "2013-02-01", 1730, 2045, 375),
    ("SJU", "2013-02-01", 2359, 438, 219),
    ("SJU", "2013-07-15", 2359, 338, 219),
    ("BOS", "2013-02-01", 2300, 2400, 60),
]


def check() -> None:
    for dest, day, leaves, arrives, minutes in FLIGHTS:
        flight = {
            "origin": "EWR",
            "dest": dest,
            "distance": 1000,
            "tailnum": "N14228",
            "sched_dep_time": leaves,
            "sched_arr_time": arrives,
            "time_hour": pd.Timestamp(f"{day} 17:00", tz="America/New_York").tz_convert("UTC"),
        }
        derived = features.derive(pd.DataFrame([flight]), feed.planes(), feed.airports())
        found = float(derived["sched_block"].iloc[0])
        assert found == minutes, (
            f"EWR to {dest} on {day}, {leaves:04} to {arrives:04} by the clocks of the two "
            f"airports, takes {minutes} minutes; sched_block says {found:g}"
        )
