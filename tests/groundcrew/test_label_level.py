"""Labels that break the level of the days before are quarantined and counted; drift is not."""

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from groundcrew import accepted_days
from groundcrew import feed
from groundcrew import label_level
from groundcrew import ledger
from groundcrew.feed import Delivery
from groundcrew.tables import VersionedTable
from groundcrew.tables import quarantine

FEED = Path(__file__).parents[2] / "shared" / "data"
HALF_OF_THE_CARRIERS = ["9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL"]


def slices(flights: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for carrier, group in flights.groupby("carrier"):
        yield f"carrier/{carrier}", group


LEVEL = label_level.Level(0.8, 1.25, slices)
STORED = VersionedTable("flights", key=["flight_id"])


@pytest.fixture(scope="module")
def good() -> Delivery:
    """January and February."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIGHTTIME_TODAY", "2013-03-01")
        patch.setenv("FLIGHTTIME_FEED", f"{FEED}")
        return feed.delivery(date(2013, 3, 1))


def changed(
    delivery: Delivery, first: str, last: str, change: Callable[[pd.DataFrame], pd.Series]
) -> Delivery:
    """The delivery with other air times on these days."""
    rows = delivery.flights["date"].between(first, last)
    minutes = delivery.flights["air_time"].astype("float64")
    return replace(
        delivery,
        flights=delivery.flights.assign(
            air_time=minutes.mask(rows, change(delivery.flights.assign(air_time=minutes)))
        ),
    )


def longer(flights: pd.DataFrame) -> pd.Series:
    return flights["air_time"] + 60


def doubled_for_half(flights: pd.DataFrame) -> pd.Series:
    half = flights["carrier"].isin(HALF_OF_THE_CARRIERS)
    return flights["air_time"] * half.map({True: 2, False: 1})


def halved(flights: pd.DataFrame) -> pd.Series:
    return flights["air_time"] / 2


def broken_days(delivery: Delivery, stored: VersionedTable | None = None) -> list[str]:
    found = label_level.breaks(delivery, stored, LEVEL)
    days = delivery.flights.loc[found["index"], "date"]
    return sorted(set(days.dt.strftime("%Y-%m-%d")))


def test_the_labels_of_two_real_months_keep_their_level(good: Delivery) -> None:
    assert label_level.breaks(good, None, LEVEL).empty


@pytest.mark.parametrize("change", [longer, doubled_for_half, halved])
def test_a_break_on_one_day_is_found_and_nothing_else(good: Delivery, change: Callable) -> None:
    assert broken_days(changed(good, "2013-02-20", "2013-02-20", change)) == ["2013-02-20"]


def test_every_landing_of_a_broken_day_fails_and_no_cancelled_flight(good: Delivery) -> None:
    delivery = changed(good, "2013-02-20", "2013-02-20", longer)

    found = label_level.breaks(delivery, None, LEVEL)

    landed = delivery.flights["air_time"].notna() & (delivery.flights["date"] == "2013-02-20")
    assert found["index"].tolist() == delivery.flights.index[landed].tolist()
    assert set(found["rule"]) == {"a day's speed must be 0.8 to 1.25 times that of the days before"}
    assert set(found["value"].str[:10]) == {"carrier/9E"}


@pytest.mark.parametrize("change", [longer, doubled_for_half])
def test_a_break_that_lasts_does_not_become_the_level(good: Delivery, change: Callable) -> None:
    assert len(broken_days(changed(good, "2013-01-20", "2013-02-28", change))) == 40


def test_a_slow_drift_is_no_break(good: Delivery) -> None:
    days = (good.flights["date"] - pd.Timestamp("2013-01-01")).dt.days
    slower = good.flights["air_time"].astype("float64") * (1 + 0.005 * days)

    drifted = replace(good, flights=good.flights.assign(air_time=slower))

    assert 1 + 0.005 * days.max() > LEVEL.high
    assert broken_days(drifted) == []


def test_the_first_week_has_nothing_to_be_compared_with(good: Delivery) -> None:
    assert broken_days(changed(good, "2013-01-03", "2013-01-03", longer)) == []


def test_stored_days_are_the_level_of_a_small_delivery(
    good: Delivery, today: date, state: object
) -> None:
    STORED.upsert(good.flights[good.flights["date"] < "2013-02-15"])
    small = feed.delivery(today, date(2013, 2, 24))

    assert broken_days(small, STORED) == []
    assert broken_days(changed(small, "2013-02-27", "2013-02-28", longer), STORED) == [
        "2013-02-27",
        "2013-02-28",
    ]


def test_old_days_are_the_level_after_weeks_without_labels(good: Delivery, today: date) -> None:
    rows = good.flights.assign(air_time=good.flights["air_time"].astype("float64"))
    STORED.upsert(rows[rows["date"] < "2013-01-11"])
    STORED.upsert(rows[rows["date"].between("2013-01-11", "2013-02-15")].assign(air_time=None))
    small = feed.delivery(today, date(2013, 2, 24))

    assert broken_days(changed(small, "2013-02-28", "2013-02-28", longer), STORED) == ["2013-02-28"]


def test_a_person_accepts_labels_expressly(good: Delivery, today: date) -> None:
    delivery, day = changed(good, "2013-02-20", "2013-02-20", longer), date(2013, 2, 20)

    accepted_days.accept(day, day, "Kim", "a detour", today)
    assert broken_days(delivery) == ["2013-02-20"]

    accepted_days.accept(day, day, "Kim", "a detour", today, labels=True)
    assert broken_days(delivery) == []


def test_failing_labels_are_kept_counted_and_a_person_is_called_once(
    good: Delivery, capsys: pytest.CaptureFixture
) -> None:
    delivery = changed(good, "2013-02-20", "2013-02-20", longer)
    found = label_level.breaks(delivery, None, LEVEL)

    for _ in range(2):
        label_level.put_in_quarantine(found, delivery)

    (entry,) = ledger.entries()
    rule = "a day's speed must be 0.8 to 1.25 times that of the days before"
    assert len(quarantine.read()) == len(found)
    assert capsys.readouterr().out.count(f"{len(found)}  in quarantine: {rule}") == 1
    assert (entry["decision"], entry["version"]) == ("labels quarantined", "")
    assert entry["call"] == entry["reason"]
    assert entry["reason"].startswith(f"{len(found):,} labels are in quarantine, carrier/9E at 0.")
    assert entry["reason"].endswith(f" times on 2013-02-20: {rule}")
