"""Data validation: single bad rows are quarantined, a broken delivery is refused as a whole."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from flighttime import schema
from groundcrew import accepted_days
from groundcrew import commands
from groundcrew import day_rules
from groundcrew import label_level
from groundcrew.feed import Delivery
from groundcrew.feed import contract
from groundcrew.feed import disagreeing_clocks
from groundcrew.feed import relative_humidity
from groundcrew.tables import VersionedTable
from groundcrew.tables import quarantine
from groundcrew.validation import failures
from groundcrew.validation import superseded


def check(delivery: Delivery, stored: VersionedTable | None = None) -> Delivery:
    """The delivery without invalid values; raises UserError, and keeps nothing, if it is broken.

    Into quarantine go flights that break a rule or that a later row corrects, and the landed ones
    of a day whose speeds jump against the days before it, in this delivery or in `stored`. Invalid
    weather becomes unknown.
    """
    bad_flights = pd.concat(
        [failures(schema.FLIGHTS, delivery.flights), disagreeing_clocks(delivery.flights)],
    )
    bad_weather = failures(schema.WEATHER, delivery.weather)
    # A corrected row counts instead of the first one, unless the correction itself is invalid.
    bad_flights = pd.concat([bad_flights, superseded(delivery.flights, invalid=bad_flights)])
    judged = accepted_days.without(delivery)  # a person accepts a day as it is, in the ledger
    defects = schema.defects(judged)
    violations = [
        *too_many(bad_flights, judged.flights),
        *too_many(bad_weather, judged.weather),
        *too_common(defects, judged),
        *day_rules.unusual_counts(judged, schema.FLIGHTS_A_DAY),
        *day_rules.unusual_shares(judged, schema.USUAL_SHARES, schema.TIMES_THE_SHARE),
        *wrong_units(judged.weather),
    ]
    if violations:
        raise contract.refusal("the delivery", violations)
    report(defects, judged)
    broken = label_level.breaks(delivery, stored, schema.SPEED)
    label_level.put_in_quarantine(broken, delivery)
    quarantine_rows("flights", bad_flights, delivery.flights, delivery)
    quarantine_rows("weather", bad_weather, delivery.weather, delivery)
    weather = delivery.weather.copy()
    for column, cases in bad_weather.groupby("column"):
        weather.loc[cases["index"], column] = None
    flights = delivery.flights.drop(index=pd.concat([bad_flights, broken])["index"].unique())
    return replace(delivery, flights=flights, weather=weather)


def too_many(bad: pd.DataFrame, rows: pd.DataFrame) -> Iterator[str]:
    """The rules that are broken, if too many rows break them."""
    bad = bad[bad["index"].isin(rows.index)]
    if bad["index"].nunique() > schema.MAX_INVALID * len(rows):
        for rule, cases in bad.groupby("rule", sort=False):
            yield from contract.violations(rule, cases[["value"]])


def too_common(defects: list[schema.Defect], delivery: Delivery) -> Iterator[str]:
    """The known defects that too many flights have."""
    for defect in defects:
        if defect.has_it.sum() > defect.max_share * len(delivery.flights):
            names = delivery.flights.loc[defect.has_it.to_numpy(), "flight_id"]
            share = f"{len(names):,} of {len(delivery.flights):,}, at most {defect.max_share:.0%}"
            yield f"flights {defect.name}: {share}, such as {'; '.join(names.head(3))}"


def wrong_units(weather: pd.DataFrame) -> Iterator[str]:
    """Days on which temperature and dew point do not give the humidity measured with them."""
    days = pd.to_datetime(weather[["year", "month", "day"]])
    expected = relative_humidity(weather["temp"], weather["dewp"])
    gap = (expected - weather["humid"]).abs().groupby(days).median()
    odd = weather["temp"].groupby(days).median()[gap > schema.MAX_HUMIDITY_GAP]
    rule = "temp and dewp must be in Fahrenheit, and agree with the humidity"
    yield from day_rules.day_violations(rule, odd)


def quarantine_rows(table: str, bad: pd.DataFrame, rows: pd.DataFrame, delivery: Delivery) -> None:
    for rule, cases in bad.groupby("rule"):
        quarantine.add(quarantine.entries(table, rule, rows.loc[cases["index"]]), delivery.until)


def report(defects: list[schema.Defect], delivery: Delivery) -> None:
    for defect in defects:
        if count := int((defect.has_it & delivery.is_new).sum()):
            commands.notice(f"{count:9,}  flights {defect.name}")
