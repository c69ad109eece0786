"""Labels and days that cannot be true: what Level 2 takes in, and how the gate judges models."""

import level_process
import pytest

INGEST = """
import json
from dataclasses import replace
from datetime import date

from flighttime import ingest, train
from groundcrew import accepted_days, feed, ledger
from groundcrew.errors import UserError
from groundcrew.tables import quarantine


def poisoned(delivery, change):
    return replace(delivery, flights=delivery.flights.assign(air_time=change))


def labels(first, last):
    rows = ingest.TABLE.read()
    rows = rows[rows["date"].between(first, last)]
    return [int(rows["air_time"].notna().sum()), int(rows["air_time"].isna().sum())]


def refusal(delivery):
    try:
        ingest.store(delivery)
    except UserError as error:
        return str(error)


found = {}
ingest.store(feed.delivery(date(2013, 2, 1)))
new = ingest.fetch(date(2013, 2, 4))
half = new.flights["carrier"].isin(["9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL"])
for minutes in (
    new.flights["air_time"] + 60,
    new.flights["air_time"] * half.map({True: 2, False: 1}),
):
    ingest.store(poisoned(new, minutes))
found["poisoned"] = labels("2013-02-01", "2013-02-03")
found["before"] = labels("2013-01-25", "2013-01-31")
found["trained on"] = str(train.split(ingest.TABLE.read(), date(2013, 2, 4))[1]["date"].max())
found["quarantine"] = sorted(quarantine.read()["rule"].unique())
found["calls"] = sorted({entry["call"][-90:] for entry in ledger.entries()})
ingest.store(new)
found["corrected"] = labels("2013-02-01", "2013-02-03")

later = ingest.fetch(date(2013, 2, 14))
gone = later.flights["date"].between("2013-02-04", "2013-02-10")
gap = replace(later, flights=later.flights[~gone])
found["gap"] = refusal(gap)
days = date(2013, 2, 4), date(2013, 2, 10)
accepted_days.accept(*days, "Kim", "the feed was down", date(2013, 2, 14))
found["accepted"] = refusal(gap)
found["after the gap"] = labels("2013-02-11", "2013-02-12")
print(json.dumps(found))
"""
GATE = """
import json
from datetime import date

import pandas as pd

from flighttime import gate, verdict
from groundcrew import ledger, settings


def certified(challenger, champion, median, error):
    days = pd.date_range("2013-03-01", periods=7).repeat(200)
    errors = pd.DataFrame({"date": days}).assign(
        carrier="UA", origin="EWR", distance=300.0, challenger=challenger, champion=champion
    )
    gate.holdout_errors = lambda version, champion: errors.assign(**{"route median": median})
    gate.registry.certified_error = lambda version: error
    certificate = gate.certify("2", date(2013, 3, 8))
    return [certificate["outcome"], certificate["reason"], ledger.entries()[-1].get("call")]


gate.package_checks = lambda version, rules: []
gate.registry.champion = lambda: "1"
gate.registry.compared = lambda version, champion: {"version": version, "champion": champion}
gate.smoke.in_staging = lambda version: ""
print(json.dumps({
    "over the median": certified(48.81, 58.49, 7.83, 30.0),
    "over the certificate": certified(25.0, 40.0, 24.0, 8.0),
    "within": certified(9.19, 12.77, 7.3, 9.0),
}))
"""


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return level_process.run(2, INGEST, tmp_path_factory.mktemp("runs"), "2013-03-01")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return level_process.run(3, GATE, tmp_path_factory.mktemp("runs"), "2013-03-08")


def test_poisoned_labels_are_quarantined_and_neither_train_nor_measure(taken_in: dict) -> None:
    landed, _ = taken_in["poisoned"]

    assert landed == 0
    assert taken_in["before"][0] > 5000
    assert taken_in["trained on"] == "2013-01-31 00:00:00"
    assert taken_in["quarantine"] == [
        "a day's speed must be 0.8 to 1.25 times that of the days before"
    ]
    assert all(call.endswith("times that of the days before") for call in taken_in["calls"])
    assert len(taken_in["calls"]) > 0


def test_corrected_labels_are_taken_in(taken_in: dict) -> None:
    assert taken_in["corrected"][0] > 2000


def test_a_gap_is_refused_until_a_named_person_accepts_it_and_then_the_days_after_count(
    taken_in: dict,
) -> None:
    assert "a day: violated in 7 days, such as 0 on 2013-02-04" in taken_in["gap"]
    assert "--first 2013-02-04 --last 2013-02-10 --by NAME" in taken_in["gap"]
    assert taken_in["accepted"] is None
    assert taken_in["after the gap"][0] > 1500


@pytest.mark.parametrize(
    ("case", "floor"), [("over the median", "15.66"), ("over the certificate", "24.00")]
)
def test_no_comparison_lifts_the_floor_of_the_gate_and_a_person_is_called(
    judged: dict, case: str, floor: str
) -> None:
    outcome, reason, call = judged[case]

    assert outcome == "REJECT"
    assert f"over the floor of {floor}: labels or features may be wrong, call a person" in reason
    assert call == f"version 2: {reason}"


def test_a_bad_champion_is_not_protected_within_the_floor(judged: dict) -> None:
    outcome, _, call = judged["within"]

    assert (outcome, call) == ("PROMOTE", None)
