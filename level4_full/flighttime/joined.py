"""The joined table: one row a flight, with its aircraft, its airports and the weather that it left in."""

import pandas as pd

from flighttime import features
from flighttime import feed

KEY = ["date", "carrier", "flight", "origin", "dest"]
WEATHER = ["temp", "wind_dir", "wind_speed", "precip", "visib", "pressure"]
COLUMNS = [
    "flight_id",
    *KEY,
    "published",
    "tailnum",
    "time_hour",
    "distance",
    "sched_dep_min",
    "sched_block",
    "seats",
    *WEATHER,
    "air_time",
]


def join(
    flights: pd.DataFrame,
    weather: pd.DataFrame,
    planes: pd.DataFrame,
    airports: pd.DataFrame,
) -> pd.DataFrame:
    """One row a flight, in a fixed order, with all that was published of it and the weather an hour before departure."""
    observed = weather[["origin", "time_hour", *WEATHER]]
    observed = observed.assign(time_hour=observed["time_hour"] + pd.Timedelta(hours=1))
    table = identify(features.derive(flights, planes, airports))
    table = table.merge(observed, on=["origin", "time_hour"], how="left", validate="many_to_one")
    table = table.astype(dict.fromkeys([*WEATHER, "air_time"], "float64"))
    return table.sort_values(KEY, ignore_index=True)


def identify(flights: pd.DataFrame) -> pd.DataFrame:
    """Add the day and the name that a flight keeps from timetable to landing: `2013-03-01 UA1545 EWR-IAH`."""
    day = feed.days(flights)
    number = flights["carrier"] + flights["flight"].astype("str")
    route = flights["origin"] + "-" + flights["dest"]
    return flights.assign(date=day, flight_id=day.dt.strftime("%Y-%m-%d") + " " + number + " " + route)
