"""What the joined table is, stated once: names, types, ranges with units, what may be unknown, and how often."""

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from flighttime import rules

UTC = pd.DatetimeTZDtype("us", "UTC")


def number(low: float, high: float, unit: str, nullable: bool = True) -> pa.Column:
    return pa.Column(float, pa.Check.in_range(low, high, error=f"{low:,} to {high:,} {unit}"), nullable=nullable)


def code() -> pa.Column:
    return pa.Column(str, pa.Check.str_matches(r"^[A-Z0-9]{2,3}$", error="two or three capitals or digits"))


# A row a flight. What is nullable is not known of every one.
SCHEMA = pa.DataFrameSchema(
    {
        "flight_id": pa.Column(str, unique=True),  # the key spelled out: date, carrier, flight, origin, dest
        "date": pa.Column("datetime64[us]"),
        "carrier": code(),
        "flight": pa.Column("int16", pa.Check.in_range(1, 9999, error="1 to 9,999")),
        "origin": pa.Column(str, pa.Check.isin(["EWR", "JFK", "LGA"], error="EWR, JFK or LGA")),
        "dest": code(),
        "published": pa.Column("datetime64[us]"),
        "tailnum": pa.Column(str, nullable=True),
        "time_hour": pa.Column(UTC),
        "distance": number(1, 12_000, "miles", nullable=False),
        "sched_dep_min": number(0, 1440, "minutes after midnight", nullable=False),
        "sched_block": number(1, 1439, "minutes"),
        "seats": number(1, 900, "seats"),
        "temp": number(-30, 125, "Fahrenheit"),
        "wind_dir": number(0, 360, "degrees"),
        "wind_speed": number(0, rules.STRONGEST_WIND, "miles an hour"),
        "precip": number(0, 10, "inches"),
        "visib": number(0, 10, "miles"),
        "pressure": number(870, 1090, "millibars"),
        "air_time": number(10, 1200, "minutes"),  # not known until it has landed, or for ever
    },
    checks=[pa.Check(rule.is_usual, error=rule.looks_for) for rule in rules.OF_FLIGHTS if rule.usual < 1],
)
IN_WORDS = {"column_in_dataframe": "in the table", "field_uniqueness": "in one row only", "not_nullable": "known for every flight"}
ONE_ROW = f"flight_id must be {IN_WORDS['field_uniqueness']}"
NOTHING = pd.DataFrame(columns=["column", "check", "rule", "failure_case", "index"])


def failures(flights: pd.DataFrame) -> pd.DataFrame:
    """What breaks which rule: the value and the row's index, which is empty where the table as a whole is meant."""
    try:
        SCHEMA.validate(flights, lazy=True)
    except SchemaErrors as failed:
        cases = failed.failure_cases
        missing = cases["check"] == "column_in_dataframe"
        cases["column"] = cases["column"].mask(missing, cases["failure_case"])
        cases["failure_case"] = cases["failure_case"].mask(missing, "missing")
        checks = cases["check"].replace(IN_WORDS).str.replace(r"dtype\('(.+)'\)", r"held as \1", regex=True)
        return cases.assign(rule=cases["column"].astype("str") + " must be " + checks)
    return NOTHING
