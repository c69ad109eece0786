"""What the model may know before departure: seven features, and the target it learns."""

import pandas as pd

CATEGORIES = ["carrier", "origin", "dest"]
NUMBERS = ["distance", "sched_dep_min", "sched_block", "seats"]
FEATURES = CATEGORIES + NUMBERS
TARGET = "air_time"

# The time zones of four airports that the register of airports leaves out.
UNREGISTERED = dict.fromkeys(["BQN", "PSE", "SJU", "STT"], "America/Puerto_Rico")


def derive(flights: pd.DataFrame, planes: pd.DataFrame, airports: pd.DataFrame) -> pd.DataFrame:
    """Add sched_dep_min, sched_block (scheduled minutes from gate to gate) and seats."""
    zones = airports.set_index("faa")["tzone"].to_dict() | UNREGISTERED
    departure = minutes_after_midnight(flights["sched_dep_time"])
    arrival = minutes_after_midnight(flights["sched_arr_time"])
    departure_utc = departure - utc_offset(flights["time_hour"], flights["origin"].map(zones))
    arrival_utc = arrival - utc_offset(flights["time_hour"], flights["dest"].map(zones))
    return flights.assign(
        distance=flights["distance"].astype("float64"),
        sched_dep_min=departure,
        sched_block=(arrival_utc - departure_utc) % (24 * 60),
        seats=flights["tailnum"].map(planes.set_index("tailnum")["seats"]).astype("float64"),
    )


def minutes_after_midnight(clock: pd.Series) -> pd.Series:
    """Clock values such as 1730 as minutes: 1050."""
    clock = clock.astype("float64")
    return clock // 100 * 60 + clock % 100


def utc_offset(instants: pd.Series, zones: pd.Series) -> pd.Series:
    """Minutes that each zone's clock is ahead of UTC at each instant; NaN for an unknown zone."""
    offsets = pd.Series(float("nan"), index=instants.index)
    for zone, rows in instants.groupby(zones):
        local = rows.dt.tz_convert(zone).dt.tz_localize(None)
        offsets[rows.index] = (local - rows.dt.tz_localize(None)).dt.total_seconds() / 60
    return offsets
