"""What is delivered, looked at by rules: what breaks them stops here, with the last good version in place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from math import e

import pandas as pd

from flighttime import published
from flighttime import quarantine
from flighttime import rules
from flighttime import schema

MOST_BROKEN = 0.01  # of a delivery's flights: so many are set aside, and the rest is taken in
FLIGHTS_A_DAY = (550, 1300)  # 634 to 1,014 in a year, and 617 of them published by the next day
HUMIDITY_OFF = 0.5  # percent: on no day of a year is it more than 0.04 in Fahrenheit, or less than 1.1 in Celsius


@dataclass(frozen=True)
class Delivery:
    """Flights with all that is known of them, hours of weather, and the days between which they were published."""

    flights: pd.DataFrame
    weather: pd.DataFrame
    after: date | None
    until: date


def check(delivery: Delivery) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The flights to take in, and the entries for the quarantine; raises Refused if the delivery as a whole is broken."""
    flights, weather = delivery.flights, delivery.weather
    flights = flights.assign(wind_speed=flights["wind_speed"].mask(rules.WINDS.found(flights)))
    wrong = schema.failures(flights) if len(flights) else schema.NOTHING
    wrong_rows = wrong.dropna(subset="index").set_index("index")
    too_many = wrong_rows.index.nunique() > MOST_BROKEN * len(flights)
    faults = list(values(wrong_rows, flights)) if too_many else []
    faults += [*days(delivery), *units(weather), *of_the_whole(wrong, flights)]
    if faults:
        raise published.refused("the delivery", faults)
    wrong_rows = wrong_rows.drop(index=last_words(wrong_rows, flights))
    broken = [quarantine.entries("flights", rule, flights.loc[rows.index]) for rule, rows in wrong_rows.groupby("rule")]
    winds = quarantine.entries("weather", f"{rules.WINDS}", weather[rules.WINDS.found(weather)])
    return flights.drop(index=wrong_rows.index), pd.concat([*broken, winds])


def last_words(wrong_rows: pd.DataFrame, flights: pd.DataFrame) -> pd.Index:
    """Of each flight that is told more than once, the row that was published last: wrong is only what came before it."""
    otherwise = wrong_rows.index[wrong_rows["rule"] != schema.ONE_ROW]
    told = flights.loc[wrong_rows.index.unique().difference(otherwise)].drop_duplicates(keep="last")
    last = told[told["published"] == told.groupby("flight_id")["published"].transform("max")]
    # Two that were published on one day, and differ, may both be wrong.
    return last.index[~last["flight_id"].duplicated(keep=False)]


def days(delivery: Delivery) -> Iterator[str]:
    """Days with too few flights or too many; yesterday's are missed from tomorrow on."""
    flown, yesterday = delivery.flights["date"], pd.Timestamp(delivery.until) - timedelta(days=1)
    first = pd.Series([delivery.after, flown.min().replace(day=1)], dtype="datetime64[us]").max()
    if pd.isna(first):
        return
    last = yesterday if (flown == yesterday).any() else yesterday - timedelta(days=1)
    counts = flown.value_counts().reindex(pd.date_range(first, last), fill_value=0)
    odd = counts[~counts.between(*FLIGHTS_A_DAY)]
    cases = odd.to_frame().assign(day=odd.index.strftime("on %Y-%m-%d"))
    yield from published.broken("flights must be {} to {:,} a day".format(*FLIGHTS_A_DAY), cases, unit="day")


def units(weather: pd.DataFrame) -> Iterator[str]:
    """Days on which temperature and dew point in Fahrenheit do not give the humidity that was measured with them."""
    day = pd.to_datetime(weather[published.DAY])
    humid = 100 * saturation(weather["dewp"]) / saturation(weather["temp"])
    off = (humid - weather["humid"]).abs().groupby(day).median()
    temp = weather["temp"].groupby(day).median()[off > HUMIDITY_OFF]
    cases = temp.to_frame().assign(day=temp.index.strftime("on %Y-%m-%d"))
    rule = "temp and dewp must be in Fahrenheit, and so give the humidity that was measured"
    yield from published.broken(rule, cases, unit="day")


def saturation(fahrenheit: pd.Series) -> pd.Series:
    """The pressure of as much vapour as air can hold, against that when it freezes (Alduchov and Eskridge, 1996)."""
    celsius = (fahrenheit - 32) / 1.8
    return e ** (17.625 * celsius / (243.04 + celsius))


def of_the_whole(wrong: pd.DataFrame, flights: pd.DataFrame) -> Iterator[str]:
    """Columns that are missing or held as another type, and what is so for more flights than is usual."""
    of_flights = {rule.looks_for: rule for rule in rules.OF_FLIGHTS}
    for case in wrong[wrong["index"].isna()].itertuples():
        if rule := of_flights.get(case.check):
            found = flights.loc[rule.found(flights), "flight_id"]
            much = f"{len(found):,} of {len(flights):,}, more than the usual {rule.usual:.0%}"
            yield f"{rule.looks_for}: {much}, such as {'; '.join(found.head(3))}"
        else:
            yield f"{case.rule}: it is {case.failure_case}"


def values(wrong: pd.DataFrame, flights: pd.DataFrame) -> Iterator[str]:
    """Rules for a single row that too many rows break."""
    for rule, rows in wrong.groupby("rule", sort=False):
        cases = rows[["failure_case"]]
        yield from published.broken(rule, cases if "flight_id" in rule else cases.join(flights["flight_id"]))
