"""Labels that break the level of the days before are quarantined and counted; drift is not."""

from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
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


def found_one_by_one(landed: pd.DataFrame, level: label_level.Level) -> list[tuple]:
    """The same by its definition: each day is compared with the good days before, in full."""
    good, found = [], []
    for day, flights in landed.groupby("date"):
        before, worst = good[-label_level.WINDOW_DAYS :], ""
        if len(before) >= label_level.MIN_DAYS:
            usual = pd.concat(before).groupby(["origin", "dest"])["speed"].median().rename("usual")
            ratio = flights["speed"] / flights.join(usual, on=["origin", "dest"])["usual"]
            compared = flights.assign(ratio=ratio).dropna(subset="ratio")
            cases = [
                f"{name} at {part['ratio'].median():.2f} times on {day:%Y-%m-%d}"
                for name, part in level.slices(compared)
                if len(part) >= label_level.MIN_FLIGHTS
                and not level.low <= part["ratio"].median() <= level.high
            ]
            worst = cases[0] if cases else ""
        if worst:
            found += [(index, worst) for index in flights.index]
        else:
            good.append(flights)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_days_in_any_order_are_judged_as_one_by_one(good: Delivery, seed: int) -> None:
    chance, level = np.random.default_rng(seed), label_level.Level(0.85, 1.18, slices)
    flights = good.flights[good.flights["date"] < "2013-02-05"].sample(frac=0.3, random_state=seed)
    minutes = flights["air_time"].astype("float64")
    for carrier in chance.choice(["UA", "B6", "EV", "DL"], 8):
        day = chance.choice(flights["date"].unique())
        wrong = (flights["date"] == day) & (flights["carrier"] == carrier)
        minutes = minutes.mask(wrong, minutes * chance.choice([0.5, 0.8, 1.3, 2]))
    flights = flights.assign(air_time=minutes)
    flights.loc[flights.index[:30], "dest"] = None  # a route that is not known
    delivery = replace(good, flights=flights)

    found = label_level.breaks(delivery, None, level)

    wanted = found_one_by_one(label_level.with_speed(flights), level)
    assert len({value for _, value in wanted}) > 1
    assert list(found[["index", "value"]].itertuples(index=False, name=None)) == wanted


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
