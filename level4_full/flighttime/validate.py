"""What the joined table must look like: what breaks this stops here, with the last good version in place."""

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from flighttime import steps
from flighttime.errors import Refused

CODE = pa.Check.str_matches(r"^[A-Z0-9]{2,3}$")
STRONGEST_WIND = 200.0


def number(low: float, high: float, nullable: bool = True) -> pa.Column:
    return pa.Column(float, pa.Check.in_range(low, high), nullable=nullable)


def known(share: float) -> pa.Check:
    """At least this share of the column is there."""
    return pa.Check(lambda column: column.notna().mean() >= share, ignore_na=False, error=f"known for {share:.0%} of flights")


SCHEMA = pa.DataFrameSchema({
    "flight_id": pa.Column(str, unique=True),
    "carrier": pa.Column(str, CODE),
    "origin": pa.Column(str, pa.Check.isin(["EWR", "JFK", "LGA"])),
    "dest": pa.Column(str, CODE),
    "distance": number(1, 12_000, nullable=False),  # miles
    "sched_dep_min": number(0, 1440, nullable=False),  # minutes after midnight
    "sched_block": number(1, 1439),  # minutes
    "seats": number(1, 900),
    "temp": pa.Column(float, [pa.Check.in_range(-30, 125), known(0.5)], nullable=True),  # Fahrenheit
    "wind_speed": number(0, STRONGEST_WIND),  # miles an hour
    "air_time": number(10, 1200),  # minutes; null until it has landed, or for ever
})


def check(new: pd.DataFrame) -> pd.DataFrame:
    """The delivery with impossible winds blanked; raises Refused if anything else breaks the schema."""
    if new.empty:
        return new
    new = blank_impossible_winds(new)
    try:
        SCHEMA.validate(new, lazy=True)
    except SchemaErrors as broken:
        raise Refused(f"the delivery is refused, nothing of it was kept: {summary(broken.failure_cases)}") from None
    return new


def blank_impossible_winds(new: pd.DataFrame) -> pd.DataFrame:
    impossible = new["wind_speed"] > STRONGEST_WIND
    if impossible.any():
        steps.warning(f"wind_speed over {STRONGEST_WIND:.0f} mph blanked for {impossible.sum()} flights")
    return new.assign(wind_speed=new["wind_speed"].mask(impossible))


def summary(failures: pd.DataFrame) -> str:
    """Column, rule, count and an example of each kind of failure."""
    kinds = failures.groupby(["column", "check"], dropna=False, sort=False)["failure_case"]
    return "; ".join(
        f"{column or ''} breaks {rule} in {len(cases)} rows, such as {cases.iloc[0]!r}" for (column, rule), cases in kinds
    )
