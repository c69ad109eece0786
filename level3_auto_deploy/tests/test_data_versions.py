"""Each update is a version of the table: whole or not there, never lost to another, and to be read again for ever."""

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError

from flighttime import ingest
from flighttime import settings
from flighttime import validate
from flighttime import versions
from flighttime.errors import Refused

# Windows knows no other way.
DEADLY = getattr(signal, "SIGKILL", signal.SIGTERM)
KILLED_WHILE_IT_WRITES = """
import os
from datetime import date
import pyarrow as pa
from flighttime import feed
from flighttime import ingest
from flighttime import versions

def dying(rows, last=1000):
    table = pa.Table.from_pandas(rows, preserve_index=False)
    def batches():
        yield from table.slice(0, last).to_batches()
        os.kill(os.getpid(), DEADLY)
    return pa.RecordBatchReader.from_batches(table.schema, batches())

def corrected(name):
    table = as_published(name)
    return table.assign(air_time=table["air_time"] + 1) if name.startswith("flights") else table

really_append, really_merge, as_published = versions.write_deltalake, versions.merge, feed.read
versions.write_deltalake = lambda place, rows, **how: really_append(place, dying(rows), **how)
versions.merge = lambda table, rows, key: really_merge(table, dying(rows), key)
if CORRECTED:
    feed.read = corrected
ingest.update(date(2013, 1, 6))
"""


def die_in_mid_write(*, corrected: bool = False) -> None:
    script = KILLED_WHILE_IT_WRITES.replace("CORRECTED", f"{corrected}").replace("DEADLY", f"{DEADLY:d}")
    assert abs(subprocess.run([sys.executable, "-c", script], cwd=settings.ROOT).returncode) == DEADLY


def test_an_old_version_holds_exactly_the_rows_of_its_day() -> None:
    days = [date(2013, 1, 3), date(2013, 1, 4), date(2013, 1, 6)]
    for day in days:
        ingest.update(day)

    for version, day in enumerate(days):
        pd.testing.assert_frame_equal(ingest.read(version), ingest.gather(day))
    pd.testing.assert_frame_equal(ingest.read(), ingest.gather(days[-1]))


def test_an_update_without_news_makes_no_version() -> None:
    ingest.update(date(2013, 1, 4))

    ingest.update(date(2013, 1, 4))

    assert ingest.version() == 0


def later(delivery: validate.Delivery) -> validate.Delivery:
    """The same delivery, in which three flights took 200 minutes."""
    flights = delivery.flights.copy()
    flights.loc[[3, 4, 5], "air_time"] = 200.0
    return validate.Delivery(flights, delivery.weather, delivery.after, delivery.until)


def test_a_correction_is_a_version_and_what_was_corrected_can_be_read_again() -> None:
    ingest.update(date(2013, 1, 5))
    before = ingest.read()

    taken = ingest.take_in(later(ingest.delivered(date(2013, 1, 6))))

    assert (ingest.version(), taken.corrected) == (1, 3)
    pd.testing.assert_frame_equal(ingest.read(0), before)
    assert not ingest.read()["flight_id"].duplicated().any()
    assert (ingest.read()["air_time"].iloc[3:6] == 200.0).all()


@pytest.mark.parametrize("corrected", [False, True], ids=["append", "merge"])
def test_a_process_killed_in_mid_write_leaves_the_last_version(corrected: bool) -> None:
    ingest.update(date(2013, 1, 4))

    die_in_mid_write(corrected=corrected)

    assert ingest.version() == 0
    pd.testing.assert_frame_equal(ingest.read(), ingest.gather(date(2013, 1, 4)))
    ingest.update(date(2013, 1, 6))
    pd.testing.assert_frame_equal(ingest.read(), ingest.gather(date(2013, 1, 6)))


def test_a_process_killed_in_the_first_write_leaves_nothing_in_the_way() -> None:
    die_in_mid_write()

    assert not ingest.exists()
    ingest.update(date(2013, 1, 6))
    pd.testing.assert_frame_equal(ingest.read(), ingest.gather(date(2013, 1, 6)))


@pytest.mark.parametrize("begun", [False, True], ids=["the first", "an append"])
def test_two_ingests_at_once_add_each_flight_once(monkeypatch: pytest.MonkeyPatch, begun: bool) -> None:
    if begun:
        ingest.update(date(2013, 1, 4))
    delivery = ingest.delivered(date(2013, 1, 6))
    meanwhile(monkeypatch, delivery)

    taken = ingest.take_in(delivery)

    assert taken == (0, 0)
    assert ingest.version() == int(begun)
    pd.testing.assert_frame_equal(ingest.read(), delivery.flights[ingest.COLUMNS])


def test_a_correction_and_an_ingest_at_once_are_both_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    ingest.update(date(2013, 1, 4))
    delivery = ingest.delivered(date(2013, 1, 6))
    meanwhile(monkeypatch, delivery)

    taken = ingest.take_in(later(delivery))

    assert taken == (0, 3)
    pd.testing.assert_frame_equal(ingest.read(), later(delivery).flights[ingest.COLUMNS])


def meanwhile(monkeypatch: pytest.MonkeyPatch, delivery: validate.Delivery) -> None:
    """Let another process take in the same, after ours has looked at the table and before it writes."""
    really_write = versions.write

    def write(*what: object, **how: object) -> None:
        monkeypatch.setattr(versions, "write", really_write)
        ingest.take_in(delivery)
        really_write(*what, **how)

    monkeypatch.setattr(versions, "write", write)


ROWS = pd.DataFrame({"name": ["b", "a", None], "number": [1.0, None, -0.5], "at": pd.to_datetime(["2013-01-01"] * 3, utc=True)})


def test_a_write_that_fails_for_another_reason_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*what: object, **how: object) -> None:
        raise CommitFailedError("no space left")

    versions.write(tmp_path / "t", ROWS, on=None)
    monkeypatch.setattr(versions, "write_deltalake", fail)

    with pytest.raises(CommitFailedError, match="no space left"):
        versions.write(tmp_path / "t", ROWS, on=0)


NAMES = ["a b", "käse", "100%", "a%zb", "#1", "{a}", *(["why?"] if os.name != "nt" else [])]


@pytest.mark.parametrize("name", NAMES)
def test_a_table_may_lie_in_a_folder_of_any_usual_name(tmp_path: Path, name: str) -> None:
    place = tmp_path / name / "t"
    versions.write(place, ROWS, on=None)
    versions.write(place, ROWS.head(1), on=0)

    assert (place / "_delta_log").is_dir()
    assert (len(versions.read(place)), len(versions.read(place, 0))) == (4, 3)


@pytest.mark.parametrize(("name", "named"), [("per%20cent", "'%20'"), ("[a]", "'['"), ("a^b", "'^'")])
def test_a_folder_that_delta_cannot_read_back_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    named: str,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / name))

    with pytest.raises(Refused) as refusal:
        ingest.update(date(2013, 1, 3))

    assert f"with {named} in its name, so set FLIGHTTIME_RUNS to a folder without it" in str(refusal.value)
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("version", [1, -1])
def test_a_version_that_never_was_is_refused_with_those_that_are(tmp_path: Path, version: int) -> None:
    versions.write(tmp_path / "t", ROWS, on=None)

    with pytest.raises(Refused, match=f"there is no data version {version} of .*: choose one from 0 to 0"):
        versions.read(tmp_path / "t", version)


def test_a_version_whose_files_were_removed_is_refused_and_the_newer_ones_stay(tmp_path: Path) -> None:
    place = tmp_path / "t"
    versions.write(place, ROWS, on=None)
    versions.write(place, ROWS.head(2).assign(number=7.0), on=0, replacing=["name"])
    DeltaTable(place).vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)

    with pytest.raises(Refused, match="data version 0 of .* is gone, its files were removed: bring .* back from a backup"):
        versions.read(place, 0)

    assert sorted(versions.read(place)["number"]) == [-0.5, 7.0, 7.0]


def test_no_version_is_forgotten_however_old_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    forgetful = {"delta.checkpointInterval": "3", "delta.logRetentionDuration": "interval 0 seconds"}
    monkeypatch.setattr(versions, "FOR_GOOD", {**forgetful, **versions.FOR_GOOD})
    place = tmp_path / "t"
    versions.write(place, ROWS, on=None)

    for version in range(10):
        versions.write(place, ROWS, on=version)

    assert [len(versions.read(place, version)) for version in (0, 5, 10)] == [3, 18, 33]


def test_a_digest_stands_for_the_content_and_not_for_how_it_is_stored(tmp_path: Path) -> None:
    versions.write(tmp_path / "t", ROWS, on=None)
    stored = versions.read(tmp_path / "t")

    assert versions.digest(ROWS) == "583dd433a0ba8d23aedb38b1b778ac1bfd80cbdabd1db1eec5fe766a0f04ad09"
    assert versions.digest(stored) == versions.digest(stored.iloc[::-1]) == versions.digest(ROWS)


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
    ids=["number", "unknown number", "unknown text", "instant", "name of a column", "row"],
)
def test_another_content_has_another_digest(other: pd.DataFrame) -> None:
    assert versions.digest(other) != versions.digest(ROWS)


def test_an_update_says_what_it_did_and_which_version_it_made(capsys: pytest.CaptureFixture) -> None:
    ingest.main(ingest.parser().parse_args(["--today", "2013-01-04"]))

    told = capsys.readouterr().out.splitlines()
    assert told[-3:] == [f"flights_added: {len(ingest.read())}", "flights_corrected: 0", "data_version: 0"]


def test_before_anything_is_published_there_is_no_version(capsys: pytest.CaptureFixture) -> None:
    ingest.main(ingest.parser().parse_args(["--today", "2013-01-01"]))

    assert capsys.readouterr().out == "flights_added: 0\nflights_corrected: 0\ndata_version: None\n"
