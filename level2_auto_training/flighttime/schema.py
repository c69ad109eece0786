"""What a delivery must look like: ranges with units, and how many flights may have a defect."""

from typing import NamedTuple

import pandas as pd
import pandera.pandas as pa

from flighttime import metrics
from flighttime.features import UNREGISTERED
from groundcrew import feed
from groundcrew import label_level
from groundcrew.validation import in_range

MAX_INVALID = 0.01  # of the rows: up to this share is quarantined; more, and all is refused
FLIGHTS_A_DAY = (550, 1300)  # 2013: 634 to 1,014; at least 617 published by the next day
# Of a day's flights; carriers under 1% may stay away. 2013's days had 0.48 to 1.53 times as many.
USUAL_SHARES = {
    "carrier": {"UA": 0.17, "B6": 0.16, "EV": 0.16, "DL": 0.14, "AA": 0.10, "MQ": 0.08}
    | {"US": 0.06, "9E": 0.055, "WN": 0.036, "VX": 0.015, "FL": 0.01},
    "origin": {"EWR": 0.36, "JFK": 0.33, "LGA": 0.31},
}
TIMES_THE_SHARE = (0.4, 2.0)
# By carrier, origin and distance; in 2013 a day's median speed was 0.86 to 1.15 times as high.
SPEED = label_level.Level(0.8, 1.25, metrics.slices)
MAX_HUMIDITY_GAP = 0.5  # percentage points, median of a day: Fahrenheit 0.04, Celsius 1.1

CODE = pa.Check.str_matches(r"^[A-Z0-9]{2,3}$", error="two or three capitals or digits")
ORIGIN = pa.Check.isin(["EWR", "JFK", "LGA"], error="EWR, JFK or LGA")
CLOCK = pa.Check(
    lambda values: values.between(0, 2400) & (values % 100 < 60),
    error="a clock value such as 1730",
)
FLIGHTS = pa.DataFrameSchema(
    {
        "carrier": pa.Column(checks=CODE),
        "flight": in_range(1, 9999, "as a number", nullable=False),
        "origin": pa.Column(checks=ORIGIN),
        "dest": pa.Column(checks=CODE),
        "distance": in_range(1, 12_000, "miles", nullable=False),
        "sched_dep_time": pa.Column(checks=CLOCK),
        "sched_arr_time": pa.Column(checks=CLOCK),
        "air_time": in_range(10, 1200, "minutes"),  # unknown until the flight has landed
    },
)
WEATHER = pa.DataFrameSchema(
    {
        "temp": in_range(-30, 125, "Fahrenheit"),
        "wind_dir": in_range(0, 360, "degrees"),
        "wind_speed": in_range(0, 200, "miles an hour"),
        "precip": in_range(0, 10, "inches"),
        "visib": in_range(0, 10, "miles"),
        "pressure": in_range(870, 1090, "millibars"),
    },
)


class Defect(NamedTuple):
    """What some flights always have; they are kept. If more than `max_share` have it, none is."""

    name: str
    has_it: pd.Series
    max_share: float


def defects(delivery: feed.Delivery) -> list[Defect]:
    """Each known defect. The shares leave room above the worst week of a year."""
    flights, airports = delivery.flights, delivery.airports.set_index("faa")["tzone"]
    departed, arrived = flights["dep_time"].notna(), flights["arr_time"].notna()
    seats = flights["tailnum"].map(delivery.planes.set_index("tailnum")["seats"])
    zone = flights["dest"].map(airports.to_dict() | UNREGISTERED)
    repeats = flights.duplicated(["date", "carrier", "flight"])
    fast = flights["distance"] > flights["air_time"].astype("float64") * 10
    no_weather = feed.without_weather(flights, delivery.weather)
    return [
        Defect("cancelled", ~departed, 0.30),
        Defect("departed without an arrival", departed & ~arrived, 0.05),
        Defect("arrived without an air time", arrived & flights["air_time"].isna(), 0.05),
        Defect("without a tail number", flights["tailnum"].isna(), 0.20),
        Defect("by an unregistered aircraft", flights["tailnum"].notna() & seats.isna(), 0.30),
        Defect("by an aircraft with ten seats or fewer", seats <= 10, 0.05),
        Defect("to an unregistered airport", ~flights["dest"].isin(airports.index), 0.10),
        Defect("to an airport without a time zone", zone.isna(), 0.01),
        Defect("faster than 600 mph", fast, 0.01),
        Defect("without weather in the hour before", no_weather, 0.25),
        Defect("repeating a flight number", repeats, 0.01),
    ]
