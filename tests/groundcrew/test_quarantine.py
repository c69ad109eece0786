"""Invalid rows are kept as delivered, once, also when two processes add them."""

import json
import runpy
from datetime import date

import pandas as pd
import pytest

from groundcrew.tables import delta
from groundcrew.tables import quarantine

DAY = date(2013, 1, 6)
RULE = "air_time must be 10 to 1,200 minutes"
ROWS = pd.DataFrame(
    {
        "flight_id": ["2013-01-05 UA1 EWR-ORD", '2013-01-05 "Ü" JFK-LAX\nx'],
        "air_time": [9.0, None],
        "time_hour": pd.to_datetime(["2013-01-05T10:00Z", None]),
    }
)


@pytest.fixture
def entries() -> pd.DataFrame:
    return quarantine.entries("flights", RULE, ROWS)


def test_a_row_is_kept_as_delivered(entries: pd.DataFrame) -> None:
    quarantine.add(entries, DAY)

    stored = quarantine.read().set_index("row").loc[entries["row"]].reset_index()
    first, second = stored.itertuples()
    assert (first.table, first.rule, first.delivered) == ("flights", RULE, pd.Timestamp(DAY))
    assert json.loads(first.row) == {
        "flight_id": "2013-01-05 UA1 EWR-ORD",
        "air_time": 9.0,
        "time_hour": "2013-01-05T10:00:00.000Z",
    }
    assert json.loads(second.row)["flight_id"] == ROWS.at[1, "flight_id"]


def test_the_same_row_under_the_same_rule_is_kept_once_with_its_first_day(
    entries: pd.DataFrame,
) -> None:
    other_rule = quarantine.entries("flights", "seats must be 1 to 900 seats", ROWS.head(1))

    for day, added in enumerate((entries, entries, other_rule, entries)):
        quarantine.add(added, date(2013, 1, 6 + day))

    assert sorted(quarantine.read()["delivered"].dt.day) == [6, 6, 8]


def test_two_processes_that_add_at_once_keep_each_row_once(
    monkeypatch: pytest.MonkeyPatch,
    entries: pd.DataFrame,
) -> None:
    really_write = delta.write

    def write(*arguments: object, **options: object) -> None:
        monkeypatch.setattr(delta, "write", really_write)
        quarantine.add(entries.head(1), DAY)
        really_write(*arguments, **options)

    monkeypatch.setattr(delta, "write", write)
    quarantine.add(entries, DAY)

    assert sorted(quarantine.read()["row"]) == sorted(entries["row"])


def test_no_entries_make_no_table(entries: pd.DataFrame) -> None:
    quarantine.add(entries.head(0), DAY)

    assert not quarantine.TABLE.exists()
    assert quarantine.read().empty


def test_the_command_prints_every_entry(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    entries: pd.DataFrame,
) -> None:
    monkeypatch.setattr("sys.argv", ["quarantine"])
    quarantine.main()
    quarantine.add(entries.head(1), DAY)
    runpy.run_path(quarantine.__file__, run_name="__main__")

    empty, added, entry = capsys.readouterr().out.splitlines()
    assert empty.startswith("the quarantine is empty; looked in ")
    assert added == f"        1  in quarantine: {RULE}"
    assert entry == f"2013-01-06  flights: {RULE}: {entries['row'].iloc[0]}"
