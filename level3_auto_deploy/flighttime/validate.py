"""Data validation: single bad rows are quarantined, a broken delivery is refused as a whole."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pandas as pd

from flighttime import schema
from groundcrew import commands
from groundcrew.feed import Delivery
from groundcrew.feed import contract
from groundcrew.feed import relative_humidity
from groundcrew.tables import quarantine
from groundcrew.validation import failures
from groundcrew.validation import superseded


def check(delivery: Delivery) -> Delivery:
    """The delivery without invalid values; raises UserError if it is broken, and keeps nothing.

    An invalid or superseded flight is left out; an invalid weather value becomes unknown.
    """
    bad_flights = failures(schema.FLIGHTS, delivery.flights)
    bad_weather = failures(schema.WEATHER, delivery.weather)
    # A corrected row counts instead of the first one, unless the correction itself is invalid.
    bad_flights = pd.concat([bad_flights, superseded(delivery.flights, invalid=bad_flights)])
    defects = schema.defects(delivery)
    violations = [
        *too_many(bad_flights, delivery.flights),
        *too_many(bad_weather, delivery.weather),
        *too_common(defects, delivery),
        *unusual_days(delivery),
        *wrong_units(delivery.weather),
    ]
    if violations:
        raise contract.refusal("the delivery", violations)
    report(defects, delivery)
    quarantine_rows("flights", bad_flights, delivery.flights, delivery)
    quarantine_rows("weather", bad_weather, delivery.weather, delivery)
    weather = delivery.weather.copy()
    for column, cases in bad_weather.groupby("column"):
        weather.loc[cases["index"], column] = None
    flights = delivery.flights.drop(index=bad_flights["index"].unique())
    return replace(delivery, flights=flights, weather=weather)


def too_many(bad: pd.DataFrame, rows: pd.DataFrame) -> Iterator[str]:
    """The rules that are broken, if too many rows break them."""
    if bad["index"].nunique() > schema.MAX_INVALID * len(rows):
        for rule, cases in bad.groupby("rule", sort=False):
            yield from contract.violations(rule, cases[["value"]])


def too_common(defects: list[schema.Defect], delivery: Delivery) -> Iterator[str]:
    """The known defects that more flights have than usual."""
    for defect in defects:
        if defect.has_it.sum() > defect.max_share * len(delivery.flights):
            names = delivery.flights.loc[defect.has_it.to_numpy(), "flight_id"]
            share = f"{len(names):,} of {len(delivery.flights):,}, usual are {defect.max_share:.0%}"
            yield f"flights {defect.name}: {share}, such as {'; '.join(names.head(3))}"


def unusual_days(delivery: Delivery) -> Iterator[str]:
    """Days with too few or too many flights; yesterday counts once a flight of it is published."""
    days = delivery.flights["date"]
    yesterday = pd.Timestamp(delivery.until) - timedelta(days=1)
    # From the last delivery's day on; the first delivery has none, and begins with a month.
    first = pd.Series([delivery.after, days.min().replace(day=1)], dtype="datetime64[us]").max()
    if pd.isna(first):
        return
    last = yesterday if (days == yesterday).any() else yesterday - timedelta(days=1)
    counts = days.value_counts().reindex(pd.date_range(first, last), fill_value=0)
    odd = counts[~counts.between(*schema.FLIGHTS_A_DAY)]
    cases = odd.to_frame().assign(day=odd.index.strftime("on %Y-%m-%d"))
    rule = "flights must be {} to {:,} a day".format(*schema.FLIGHTS_A_DAY)
    yield from contract.violations(rule, cases, unit="day")


def wrong_units(weather: pd.DataFrame) -> Iterator[str]:
    """Days on which temperature and dew point do not give the humidity measured with them."""
    days = pd.to_datetime(weather[["year", "month", "day"]])
    expected = relative_humidity(weather["temp"], weather["dewp"])
    gap = (expected - weather["humid"]).abs().groupby(days).median()
    odd = weather["temp"].groupby(days).median()[gap > schema.MAX_HUMIDITY_GAP]
    cases = odd.to_frame().assign(day=odd.index.strftime("on %Y-%m-%d"))
    rule = "temp and dewp must be in Fahrenheit, and agree with the humidity"
    yield from contract.violations(rule, cases, unit="day")


def quarantine_rows(table: str, bad: pd.DataFrame, rows: pd.DataFrame, delivery: Delivery) -> None:
    for rule, cases in bad.groupby("rule"):
        quarantine.add(quarantine.entries(table, rule, rows.loc[cases["index"]]), delivery.until)


def report(defects: list[schema.Defect], delivery: Delivery) -> None:
    for defect in defects:
        if count := int((defect.has_it & delivery.is_new).sum()):
            commands.notice(f"{count:9,}  flights {defect.name}")
