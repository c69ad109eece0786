"""Does yesterday() say what was known on the morning, by distance, over what was usual then?"""

from datetime import date

import pandas as pd

from flighttime import baseline
from flighttime import fresh

DAY, BEFORE, LATER = date(2013, 2, 20), date(2013, 2, 19), date(2013, 2, 21)
FAR, NEAR, OTHER = ("LAX", 2454.0), ("BOS", 200.0), ("ORD", 719.0)


def check() -> None:
    history = two_routes()
    flights = pd.DataFrame(
        {"origin": "EWR", "dest": place, "distance": miles} for place, miles in (FAR, NEAR, OTHER)
    )
    far, near, other = fresh.yesterday(history, DAY, flights)
    expected = {place: ratio(history, place) for place, _ in (FAR, NEAR)}
    says = "yesterday() says {:.3f} for a flight to {}"
    assert abs(far - 1) > 1e-9 or abs(near - 1) > 1e-9, (
        f"on {BEFORE} a flight to Los Angeles took {expected['LAX']:.3f} times the usual minutes; "
        f"the next morning {says.format(far, 'the same place')}"
    )
    late = history["published"] > pd.Timestamp(DAY)
    without, *_ = fresh.yesterday(history[~late], DAY, flights)
    assert abs(far - without) < 1e-9, (
        f"on the morning of {DAY}, {says.format(far, 'Los Angeles')}. Without the {late.sum()} "
        f"landings that were published on {LATER}, it says {without:.3f}"
    )
    for place, found in (("LAX", far), ("BOS", near)):
        assert abs(found - expected[place]) < 1e-9, (
            f"on {BEFORE} a flight to {place} took {expected[place]:.3f} times the minutes that "
            f"were usual on that morning; {says.format(found, place)}"
        )
    mean = (9 * expected["LAX"] + 10 * expected["BOS"]) / 19
    assert abs(other - mean) < 1e-9, (
        f"nothing landed in the band of distances of Chicago; {says.format(other, 'it')}, and the "
        f"mean of all flights is {mean:.3f}"
    )
    nothing = fresh.yesterday(history[history["date"] < pd.Timestamp(BEFORE)], DAY, flights)
    assert list(nothing) == [1, 1, 1], f"nothing landed on {BEFORE}: it says {list(nothing)}, not 1"


def two_routes() -> pd.DataFrame:
    """Ten flights a day to each place, that take longer every day; the last day has two late ones.

    One of the flights of the last day was cancelled.
    """
    days = pd.date_range("2013-02-01", BEFORE)
    rows = [
        {"date": day, "origin": "EWR", "dest": place, "distance": miles, "air_time": minutes}
        for (place, miles), minutes_a_day in ((FAR, 3.0), (NEAR, 0.2))
        for number, day in enumerate(days)
        for minutes in [miles / 8 + minutes_a_day * number] * 10
    ]
    history = pd.DataFrame(rows)
    history["published"] = history["date"] + pd.Timedelta(days=1)
    last_far = (history["date"] == pd.Timestamp(BEFORE)) & (history["dest"] == "LAX")
    cancelled, *late = history.index[last_far][:3]
    history.loc[cancelled, "air_time"] = None
    added = history.loc[late].assign(air_time=600.0, published=pd.Timestamp(LATER))
    return pd.concat([history, added], ignore_index=True)


def ratio(history: pd.DataFrame, place: str) -> float:
    """The minutes of a flight on the day before over those that were usual on its morning."""
    there = history[(history["date"] == pd.Timestamp(BEFORE)) & (history["dest"] == place)]
    flight = there[there["air_time"].notna()].head(1)
    return float((flight["air_time"] / baseline.route_median(history, BEFORE, flight)).iloc[0])
