"""What was not taken in stays as it was delivered, once, whoever else writes."""

import json
from datetime import date

import pandas as pd
import pytest

from flighttime import quarantine
from flighttime import versions

DAY = date(2013, 1, 6)
ROWS = pd.DataFrame({
    "flight_id": ["2013-01-05 UA1 EWR-ORD", "2013-01-05 \"Ü\" JFK-LAX\nx"],
    "air_time": [9.0, None],
    "time_hour": pd.to_datetime(["2013-01-05T10:00Z", None]),
})


@pytest.fixture
def entries() -> pd.DataFrame:
    return quarantine.entries("flights", "air_time must be 10 to 1,200 minutes", ROWS)


def test_a_row_comes_back_as_it_was_delivered(entries: pd.DataFrame) -> None:
    quarantine.add(entries, DAY)

    first, second = quarantine.read().itertuples()
    assert (first.table, first.rule, first.delivered) == ("flights", "air_time must be 10 to 1,200 minutes", pd.Timestamp(DAY))
    values = {"flight_id": "2013-01-05 UA1 EWR-ORD", "air_time": 9.0, "time_hour": "2013-01-05T10:00:00.000Z"}
    assert json.loads(first.row) == values
    assert json.loads(second.row)["flight_id"] == ROWS.at[1, "flight_id"]


def test_the_same_row_under_the_same_rule_is_kept_once(entries: pd.DataFrame) -> None:
    other_rule = quarantine.entries("flights", "seats must be 1 to 900 seats", ROWS.head(1))

    for found in (entries, entries, other_rule, entries):
        quarantine.add(found, DAY)

    assert len(quarantine.read()) == 3


def test_two_who_add_at_once_keep_each_row_once(monkeypatch: pytest.MonkeyPatch, entries: pd.DataFrame) -> None:
    really_write = versions.write

    def write(*what: object, **how: object) -> None:
        monkeypatch.setattr(versions, "write", really_write)
        quarantine.add(entries.head(1), DAY)
        really_write(*what, **how)

    monkeypatch.setattr(versions, "write", write)
    quarantine.add(entries, DAY)

    assert sorted(quarantine.read()["row"]) == sorted(entries["row"])


def test_nothing_wrong_makes_no_table(entries: pd.DataFrame) -> None:
    quarantine.add(entries.head(0), DAY)

    assert not quarantine.place().exists()


def test_it_can_be_looked_at(capsys: pytest.CaptureFixture, entries: pd.DataFrame) -> None:
    quarantine.main(quarantine.steps.parser("").parse_args([]))
    quarantine.add(entries.head(1), DAY)
    quarantine.main(quarantine.steps.parser("").parse_args([]))

    told, entry = capsys.readouterr().out.splitlines()
    assert told == "        1  in quarantine: air_time must be 10 to 1,200 minutes"
    assert entry == f"2013-01-06  flights: air_time must be 10 to 1,200 minutes: {entries['row'].iloc[0]}"
