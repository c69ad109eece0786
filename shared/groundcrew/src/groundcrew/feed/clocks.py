"""The scheduled departure is published four times: all four must say the same."""

import pandas as pd

NEW_YORK = "America/New_York"
SAME_CLOCK = "hour and minute must be those of sched_dep_time"
SAME_INSTANT = "time_hour must be the scheduled hour in New York, as an instant in UTC"


def disagreeing_clocks(flights: pd.DataFrame) -> pd.DataFrame:
    """One row, as `validation.failures` returns them, for each flight with clocks that disagree.

    A value of sched_dep_time that is no clock is left to the rules about that column.
    """
    # As floats: the small integers of the files would overflow.
    columns = flights[["sched_dep_time", "hour", "minute"]].astype("float64")
    clock, hour, minute = (columns[name] for name in columns)
    valid = clock.between(0, 2400) & (clock % 100 < 60)
    other_clock = valid & (hour * 100 + minute != clock % 2400)
    local = flights["time_hour"].dt.tz_convert(NEW_YORK).dt.tz_localize(None)
    day = pd.to_datetime(flights[["year", "month", "day"]])
    other_instant = local != day + pd.to_timedelta(hour, unit="h")
    return pd.concat(
        [
            _cases("sched_dep_time", SAME_CLOCK, flights.loc[other_clock, "sched_dep_time"]),
            _cases("time_hour", SAME_INSTANT, flights.loc[other_instant, "time_hour"]),
        ],
    )


def _cases(column: str, rule: str, value: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"index": value.index, "column": column, "rule": rule, "value": value})
