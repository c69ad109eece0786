"""Clocks at both ends of a flight: it leaves by New York's, and lands by its destination's."""

from datetime import date

import pandas as pd

NEW_YORK = "America/New_York"


def departure(day: date, minutes: int) -> pd.Timestamp | None:
    """The instant; None for a time that New York's clocks skip in spring. Of two in autumn, the first."""
    clock = pd.Timestamp(day) + pd.Timedelta(minutes=minutes)
    instant = clock.tz_localize(NEW_YORK, ambiguous=True, nonexistent="NaT")
    return None if pd.isna(instant) else instant


def arrival(departure: pd.Timestamp, minutes: float, zone: str) -> pd.Timestamp:
    """`minutes` later, on the clock of the destination."""
    return (departure + pd.Timedelta(minutes=round(minutes))).tz_convert(zone)
