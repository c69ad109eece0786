"""A table holds each key once, as it was last published; an update is atomic and idempotent."""

import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from deltalake.exceptions import CommitFailedError

from groundcrew import feed
from groundcrew import files
from groundcrew import locks
from groundcrew import tables
from groundcrew.errors import NotFound
from groundcrew.errors import UserError
from groundcrew.tables import Table
from groundcrew.tables import VersionedTable
from groundcrew.tables import delta

KEY = ["date", "carrier", "flight", "origin", "dest"]
COLUMNS = ["flight_id", *KEY, "published", "tailnum", "time_hour", *feed.WEATHER, "air_time"]
FLIGHT = "2013-01-03 B611 JFK-FLL"


@pytest.fixture(params=[Table, VersionedTable])
def table(request: pytest.FixtureRequest) -> Table | VersionedTable:
    return request.param("flights", KEY)


def rows(until: date, known_until: date | None = None, since: date | None = None) -> pd.DataFrame:
    """The rows of a delivery."""
    delivery = feed.delivery(until, known_until, since)
    return feed.join_weather(delivery.flights, delivery.weather)[COLUMNS]


def update(
    table: Table | VersionedTable,
    day: date,
    since: date | None = None,
) -> tables.Update:
    return table.upsert(rows(day, table.newest("published"), since))


def corrected_at(frame: pd.DataFrame, *numbers: int) -> pd.DataFrame:
    """The same rows, of which some have another `air_time`."""
    changed = frame.copy()
    changed.loc[list(numbers), "air_time"] = 200.0
    return changed


def test_a_table_does_not_exist_before_the_first_update(table: Table | VersionedTable) -> None:
    assert not table.exists()
    assert table.newest("published") is None
    with pytest.raises(UserError, match="there is no .*flights.* yet: run python -m flighttime.in"):
        table.read()


def test_every_published_flight_is_in_the_table_once(
    table: Table | VersionedTable,
    today: date,
) -> None:
    update(table, today)

    stored = table.read()
    assert len(stored) == len(feed.flights(today))
    assert not stored.duplicated(KEY).any()
    pd.testing.assert_frame_equal(stored, rows(today))
    assert table.newest("published") == today


def test_a_delivery_that_repeats_rows_is_stored_once_and_the_last_one_counts(
    table: Table | VersionedTable,
) -> None:
    first = rows(date(2013, 1, 4))
    repeated = pd.concat([first, corrected_at(first, 5)], ignore_index=True)

    updated = table.upsert(repeated)

    assert updated == tables.Update(added=len(first), corrected=0)
    pd.testing.assert_frame_equal(table.read(), corrected_at(first, 5))


def test_many_updates_lead_to_the_same_table_byte_for_byte(
    monkeypatch: pytest.MonkeyPatch,
    table: Table | VersionedTable,
    tmp_path: Path,
    today: date,
) -> None:
    for day in ["01-03", "01-03", "01-04", "01-15", "01-14", "02-01", "02-10", "03-01"]:
        update(table, date.fromisoformat(f"2013-{day}"))
    after_many = table.read()

    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / "another"))
    update(table, today)

    assert after_many.to_parquet() == table.read().to_parquet()
    assert tables.digest(after_many) == tables.digest(table.read())


def test_an_update_is_idempotent(table: Table | VersionedTable) -> None:
    first = table.upsert(rows(date(2013, 1, 6)))
    before = table.read()

    second = table.upsert(rows(date(2013, 1, 6)).sample(frac=1, random_state=0))

    assert (first, second) == ((len(before), 0), (0, 0))
    pd.testing.assert_frame_equal(table.read(), before)


def test_no_rows_make_no_table(table: Table | VersionedTable) -> None:
    assert table.upsert(rows(date(2013, 1, 1))) == (0, 0)

    assert not table.exists()


def test_an_earlier_day_adds_nothing(table: Table | VersionedTable) -> None:
    update(table, date(2013, 2, 10))

    assert update(table, date(2013, 1, 10)) == (0, 0)


def test_rows_since_a_day_are_the_newest_ones(table: Table | VersionedTable) -> None:
    update(table, date(2013, 1, 6))

    recent = table.read(since=date(2013, 1, 4))

    everything = table.read()
    expected = everything[everything["date"] >= "2013-01-04"].reset_index(drop=True)
    pd.testing.assert_frame_equal(recent, expected)


def test_a_correction_replaces_its_row(table: Table | VersionedTable) -> None:
    corrected = corrected_at(rows(date(2013, 1, 6)), 3, 4, 5)
    update(table, date(2013, 1, 5))
    before = table.read()

    taken = table.upsert(corrected)

    assert taken == (len(corrected) - len(before), 3)
    pd.testing.assert_frame_equal(table.read(), corrected)


def correct_feed(monkeypatch: pytest.MonkeyPatch, day: int) -> None:
    """From now on, the feed says that flight B6 11 of a day in January took a minute longer."""
    read_as_published = feed.source.read

    def read(name: str) -> pd.DataFrame:
        frame = read_as_published(name)
        if name.startswith("flights"):
            flight = (frame["carrier"] == "B6") & (frame["flight"] == 11) & (frame["day"] == day)
            frame.loc[flight, "air_time"] += 1
        return frame

    monkeypatch.setattr(feed.source, "read", read)


def test_a_correction_within_a_week_is_found(
    monkeypatch: pytest.MonkeyPatch,
    table: Table | VersionedTable,
) -> None:
    update(table, date(2013, 1, 5))
    before = table.read().set_index("flight_id")["air_time"]
    correct_feed(monkeypatch, day=3)

    taken = update(table, date(2013, 1, 6))

    assert taken.corrected == 1
    assert table.read().set_index("flight_id")["air_time"][FLIGHT] == before[FLIGHT] + 1
    pd.testing.assert_frame_equal(table.read(), rows(date(2013, 1, 6)))


def test_an_older_correction_is_found_when_that_day_is_read_again(
    monkeypatch: pytest.MonkeyPatch,
    table: Table | VersionedTable,
) -> None:
    update(table, date(2013, 1, 12))
    correct_feed(monkeypatch, day=2)

    usual = update(table, date(2013, 1, 12))
    since = update(table, date(2013, 1, 12), since=date(2013, 1, 2))

    assert (usual, since) == ((0, 0), (0, 1))
    pd.testing.assert_frame_equal(table.read(), rows(date(2013, 1, 12)))


def test_changes_are_the_rows_that_an_update_would_write(table: Table | VersionedTable) -> None:
    update(table, date(2013, 1, 5))
    corrected = corrected_at(rows(date(2013, 1, 6)), 3)

    changes = table.changes(corrected)

    assert changes.counts() == table.upsert(corrected)
    assert changes.rows["flight_id"][changes.corrected].tolist() == [corrected.at[3, "flight_id"]]


def test_a_table_without_days_is_updated_by_its_key() -> None:
    for table in (Table("names", ["name"]), VersionedTable("names", ["name"])):
        table.upsert(pd.DataFrame({"name": ["b", "a"], "number": [1, 2]}))

        taken = table.upsert(pd.DataFrame({"name": ["c", "b"], "number": [3, 4]}))

        assert taken == (1, 1)
        assert table.read()["number"].tolist() == [2, 4, 3]


def test_an_interrupted_update_changes_nothing_and_the_next_one_completes_it(
    monkeypatch: pytest.MonkeyPatch,
    table: Table | VersionedTable,
) -> None:
    update(table, date(2013, 1, 4))
    before = table.read()

    def write_half(frame: pd.DataFrame, path: Path) -> None:
        path.write_bytes(b"PAR1")
        raise KeyboardInterrupt

    def write_half_of_delta(*arguments: object, **options: object) -> None:
        (table.path / "part-0.parquet").write_bytes(b"PAR1")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(pd.DataFrame, "to_parquet", write_half)
        patch.setattr(delta, "write_deltalake", write_half_of_delta)
        update(table, date(2013, 1, 6))

    pd.testing.assert_frame_equal(table.read(), before)
    update(table, date(2013, 1, 6))
    pd.testing.assert_frame_equal(table.read(), rows(date(2013, 1, 6)))


KILLED_DURING_THE_WRITE = """
import os
import pandas as pd
from groundcrew.tables import Table

def write_half(frame, path):
    path.write_bytes(b"PAR1")
    os.kill(os.getpid(), 9) if os.name != "nt" else os._exit(9)

pd.DataFrame.to_parquet = write_half
Table("names", ["name"]).upsert(pd.DataFrame({"name": ["a", "b"], "number": [5, 6]}))
"""


def test_a_process_killed_during_the_write_leaves_the_old_file_and_no_lock() -> None:
    table = Table("names", ["name"])
    table.upsert(pd.DataFrame({"name": ["a"], "number": [1]}))

    killed = subprocess.run([sys.executable, "-c", KILLED_DURING_THE_WRITE])

    assert abs(killed.returncode) == 9
    assert table.read()["number"].tolist() == [1]
    assert table.upsert(pd.DataFrame({"name": ["b"], "number": [2]})) == (1, 0)


def test_two_updates_of_a_file_at_once_are_both_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table("names", ["name"])
    table.upsert(pd.DataFrame({"name": ["a"], "number": [1]}))
    other = threading.Thread(
        target=table.upsert,
        args=[pd.DataFrame({"name": ["c"], "number": [3]})],
    )
    really_write = files.write_atomically

    def start_the_other_one_first(*arguments: object) -> None:
        monkeypatch.setattr(files, "write_atomically", really_write)
        other.start()
        other.join(0.2)
        really_write(*arguments)

    monkeypatch.setattr(files, "write_atomically", start_the_other_one_first)
    table.upsert(pd.DataFrame({"name": ["b"], "number": [2]}))
    other.join()

    assert table.read()["number"].tolist() == [1, 2, 3]


def test_an_update_of_a_file_waits_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables.plain, "SECONDS_TO_WAIT", 0.1)

    with locks.exclusive("update of names"):
        with pytest.raises(UserError, match="another update of names is running"):
            Table("names", ["name"]).upsert(pd.DataFrame({"name": ["a"]}))


ROWS = pd.DataFrame(
    {
        "name": ["b", "a", None],
        "number": [1.0, None, -0.5],
        "at": pd.to_datetime(["2013-01-01"] * 3, utc=True),
    }
)


def test_rows_between_two_days_are_those_from_the_first_on_and_before_the_last() -> None:
    days = pd.DataFrame({"date": pd.date_range("2013-01-01", periods=5)})

    found = tables.between(days, date(2013, 1, 2), date(2013, 1, 4), "flight landed")

    assert found["date"].dt.day.tolist() == [2, 3]
    reason = "no flight landed from 2013-01-06 until 2013-01-09: run .*, or choose a later day"
    with pytest.raises(NotFound, match=reason):
        tables.between(days, date(2013, 1, 6), date(2013, 1, 9), "flight landed")


def test_a_digest_identifies_the_content_and_not_how_it_is_stored(tmp_path: Path) -> None:
    delta.write(tmp_path / "t", ROWS, on=None, replacing=None)
    stored = delta.read(tmp_path / "t", None, "SELECT * FROM kept")

    expected = "583dd433a0ba8d23aedb38b1b778ac1bfd80cbdabd1db1eec5fe766a0f04ad09"
    assert tables.digest(ROWS) == expected
    assert tables.digest(stored) == tables.digest(stored.iloc[::-1]) == expected


@pytest.mark.parametrize(
    "other",
    [
        ROWS.assign(number=[1.0, None, 0.5]),
        ROWS.assign(number=[1.0, 0.0, -0.5]),
        ROWS.assign(name=["b", "a", ""]),
        ROWS.assign(at=ROWS["at"] + pd.Timedelta("1us")),
        ROWS.rename(columns={"number": "numbers"}),
        ROWS.head(2),
    ],
    ids=["number", "missing number", "missing text", "instant", "name of a column", "row"],
)
def test_other_content_has_another_digest(other: pd.DataFrame) -> None:
    assert tables.digest(other) != tables.digest(ROWS)


def test_a_write_that_fails_for_another_reason_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise CommitFailedError("no space left")

    delta.write(tmp_path / "t", ROWS, on=None, replacing=None)
    monkeypatch.setattr(delta, "write_deltalake", fail)

    with pytest.raises(CommitFailedError, match="no space left"):
        delta.write(tmp_path / "t", ROWS, on=0, replacing=None)
