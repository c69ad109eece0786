"""What is new in the feed, in one object, and the join of flights and weather."""

from dataclasses import dataclass
from datetime import date
from math import e

import pandas as pd

from groundcrew.errors import UserError
from groundcrew.feed import publication

KEY = ["date", "carrier", "flight", "origin", "dest"]
WEATHER = ["temp", "wind_dir", "wind_speed", "precip", "visib", "pressure"]


@dataclass(frozen=True)
class Delivery:
    """Flights published after `after` and up to `until`, and the tables to join them with.

    `after` is None if everything published up to `until` is included.
    """

    flights: pd.DataFrame
    weather: pd.DataFrame
    planes: pd.DataFrame
    airports: pd.DataFrame
    after: date | None
    until: date

    @property
    def is_new(self) -> pd.Series:
        """Which flights are not of the week that was read again."""
        published = self.flights["published"]
        if self.after is None:
            return published.notna()
        return published > pd.Timestamp(self.after + publication.LATEST)


def delivery(until: date, known_until: date | None = None, since: date | None = None) -> Delivery:
    """Return what was published up to `until`, later than a week before `known_until`.

    That week is read again, since published rows may be corrected; `since` reads again from an
    earlier day. Raises UserError if `until` is in the future, `since` is later than `until`, or the
    feed is not valid.
    """
    if since and since > until:
        raise UserError(f"since {since} is later than {until}, the last day: name an earlier one")
    after = _after(until, known_until, since)
    return Delivery(
        publication.flights(until, after),
        # A flight that landed late is published long after the weather at its departure.
        publication.weather(until, after and after - publication.LATEST),
        publication.planes(),
        publication.airports(),
        after,
        until,
    )


def _after(until: date, known_until: date | None, since: date | None) -> date | None:
    if not known_until:
        return None
    day = min(known_until, until) - publication.LATEST
    return min(day, since - publication.A_DAY) if since else day


def without_weather(flights: pd.DataFrame, weather: pd.DataFrame) -> pd.Series:
    """Return, for each flight, whether nothing was observed at its origin an hour before."""
    known = weather.loc[weather["visib"].notna(), ["origin", "time_hour"]]
    known = known.assign(time_hour=known["time_hour"] + pd.Timedelta(hours=1))
    hours = pd.MultiIndex.from_frame(flights[["origin", "time_hour"]])
    return pd.Series(~hours.isin(pd.MultiIndex.from_frame(known)), index=flights.index)


def relative_humidity(temp: pd.Series, dewp: pd.Series) -> pd.Series:
    """Return the relative humidity in percent, from temperature and dew point in Fahrenheit.

    It is the ratio of the vapour pressures by the Magnus formula, with the coefficients of
    Alduchov and Eskridge (1996).
    """
    return 100 * _vapour_pressure(dewp) / _vapour_pressure(temp)


def _vapour_pressure(fahrenheit: pd.Series) -> pd.Series:
    """The saturation vapour pressure over its value at the freezing point."""
    celsius = (fahrenheit - 32) / 1.8
    return e ** (17.625 * celsius / (243.04 + celsius))


def join_weather(flights: pd.DataFrame, weather: pd.DataFrame) -> pd.DataFrame:
    """Return the flights with the weather at their origin an hour before departure, by `KEY`.

    The `WEATHER` columns and `air_time` are float64; NaN means that nothing was observed.
    """
    observed = weather[["origin", "time_hour", *WEATHER]]
    observed = observed.assign(time_hour=observed["time_hour"] + pd.Timedelta(hours=1))
    rows = flights.merge(observed, on=["origin", "time_hour"], how="left", validate="many_to_one")
    rows = rows.astype(dict.fromkeys([*WEATHER, "air_time"], "float64"))
    return rows.sort_values(KEY, ignore_index=True)
