"""Local times at both ends of a flight: New York's at departure, the destination's at arrival."""

from datetime import date

import pandas as pd

NEW_YORK = "America/New_York"


def departure(day: date, minutes: int) -> pd.Timestamp | None:
    """The instant of `minutes` after midnight; None if the change to summer time skips it.

    Of an hour that comes twice, in autumn, the first.
    """
    local = pd.Timestamp(day) + pd.Timedelta(minutes=minutes)
    instant = local.tz_localize(NEW_YORK, ambiguous=True, nonexistent="NaT")
    return None if pd.isna(instant) else instant


def arrival(departure: pd.Timestamp, minutes: float, zone: str) -> pd.Timestamp:
    """The instant `minutes` after the departure, in the time zone of the destination."""
    return (departure + pd.Timedelta(minutes=round(minutes))).tz_convert(zone)
