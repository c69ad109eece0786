"""Each update is a version: atomic, never lost in a concurrent update, and readable for ever."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable

from groundcrew.errors import UserError
from groundcrew.tables import VersionedTable
from groundcrew.tables import delta

# Windows has no SIGKILL.
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
KILLED_DURING_THE_WRITE = """
import os
import pandas as pd
import pyarrow as pa
from groundcrew.tables import VersionedTable
from groundcrew.tables import delta

def killing(rows):
    table = pa.Table.from_pandas(rows, preserve_index=False)
    def batches():
        yield from table.slice(0, 1000).to_batches()
        os.kill(os.getpid(), SIGNAL)
    return pa.RecordBatchReader.from_batches(table.schema, batches())

append, merge = delta.write_deltalake, delta.merge
delta.write_deltalake = lambda path, rows, **options: append(path, killing(rows), **options)
delta.merge = lambda table, rows, key: merge(table, killing(rows), key)
VersionedTable("numbers", ["date", "number"]).upsert(pd.read_parquet("FILE"))
"""
DAYS = pd.to_datetime(["2013-01-01"] * 2000).as_unit("us")


@pytest.fixture
def table() -> VersionedTable:
    return VersionedTable("numbers", ["date", "number"])


def rows(first: int, last: int, minutes: float = 30.0) -> pd.DataFrame:
    """A row for each number."""
    numbers = range(first, last)
    days = DAYS[: len(numbers)]
    return pd.DataFrame({"date": days, "number": numbers, "minutes": minutes})


def test_an_old_version_holds_exactly_its_rows(table: VersionedTable) -> None:
    for last in (3, 4, 6):
        table.upsert(rows(0, last))

    for version, last in enumerate((3, 4, 6)):
        pd.testing.assert_frame_equal(table.read(version=version), rows(0, last))
    pd.testing.assert_frame_equal(table.read(), rows(0, 6))
    assert table.version() == 2


def test_an_update_without_changes_makes_no_version(table: VersionedTable) -> None:
    table.upsert(rows(0, 4))

    table.upsert(rows(0, 4))

    assert table.version() == 0


def test_a_corrected_version_can_still_be_read(table: VersionedTable) -> None:
    table.upsert(rows(0, 4))

    taken = table.upsert(rows(2, 6, minutes=31.0))

    assert (table.version(), taken) == (1, (2, 2))
    pd.testing.assert_frame_equal(table.read(version=0), rows(0, 4))
    assert table.read()["minutes"].tolist() == [30.0] * 2 + [31.0] * 4


def test_a_table_can_be_queried_with_sql(table: VersionedTable) -> None:
    table.upsert(rows(0, 4))
    table.upsert(rows(4, 6))

    assert table.query("SELECT count(*) AS n FROM kept")["n"].tolist() == [6]
    assert table.query("SELECT count(*) AS n FROM kept", version=0)["n"].tolist() == [4]


def test_a_wrong_query_is_not_reported_as_lost_data(table: VersionedTable) -> None:
    table.upsert(rows(0, 4))

    with pytest.raises(Exception, match="No field named hours"):
        table.query("SELECT hours FROM kept")


def update_until_killed(update: pd.DataFrame, folder: Path) -> None:
    update.to_parquet(folder / "update.parquet")
    code = KILLED_DURING_THE_WRITE.replace("SIGNAL", f"{KILL:d}")
    code = code.replace("FILE", (folder / "update.parquet").as_posix())
    assert abs(subprocess.run([sys.executable, "-c", code]).returncode) == KILL


@pytest.mark.parametrize("minutes", [30.0, 31.0], ids=["append", "merge"])
def test_a_process_killed_during_the_write_leaves_the_last_version(
    table: VersionedTable,
    tmp_path: Path,
    minutes: float,
) -> None:
    table.upsert(rows(0, 400))

    update_until_killed(rows(0, 2000, minutes), tmp_path)

    assert table.version() == 0
    pd.testing.assert_frame_equal(table.read(), rows(0, 400))
    table.upsert(rows(0, 2000, minutes))
    pd.testing.assert_frame_equal(table.read(), rows(0, 2000, minutes))


def test_a_process_killed_during_the_first_write_does_not_prevent_the_next(
    table: VersionedTable,
    tmp_path: Path,
) -> None:
    update_until_killed(rows(0, 2000), tmp_path)

    assert not table.exists()
    table.upsert(rows(0, 2000))
    pd.testing.assert_frame_equal(table.read(), rows(0, 2000))


@pytest.mark.parametrize("begun", [False, True], ids=["the first", "an append"])
def test_two_updates_at_once_add_each_row_once(
    monkeypatch: pytest.MonkeyPatch,
    table: VersionedTable,
    begun: bool,
) -> None:
    if begun:
        table.upsert(rows(0, 2))
    update_before_the_write(monkeypatch, table, rows(0, 6))

    taken = table.upsert(rows(0, 6))

    assert taken == (0, 0)
    assert table.version() == int(begun)
    pd.testing.assert_frame_equal(table.read(), rows(0, 6))


def test_a_correction_and_an_update_at_once_are_both_kept(
    monkeypatch: pytest.MonkeyPatch,
    table: VersionedTable,
) -> None:
    table.upsert(rows(0, 2))
    update_before_the_write(monkeypatch, table, rows(0, 6))

    taken = table.upsert(rows(3, 8, minutes=31.0))

    assert taken == (2, 3)
    assert table.read()["minutes"].tolist() == [30.0] * 3 + [31.0] * 5


def update_before_the_write(
    monkeypatch: pytest.MonkeyPatch,
    table: VersionedTable,
    other: pd.DataFrame,
) -> None:
    """Let another process write `other` after the comparison and before the next write."""
    really_write = delta.write

    def write(*arguments: object, **options: object) -> None:
        monkeypatch.setattr(delta, "write", really_write)
        table.upsert(other)
        really_write(*arguments, **options)

    monkeypatch.setattr(delta, "write", write)


NAMES = ["a b", "käse", "100%", "a%zb", "#1", "{a}", *(["why?"] if os.name != "nt" else [])]


@pytest.mark.parametrize("name", NAMES)
def test_the_state_folder_may_have_any_usual_name(
    monkeypatch: pytest.MonkeyPatch,
    table: VersionedTable,
    tmp_path: Path,
    name: str,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / name))

    table.upsert(rows(0, 3))
    table.upsert(rows(3, 4))

    assert (table.path / "_delta_log").is_dir()
    assert (len(table.read()), len(table.read(version=0))) == (4, 3)


@pytest.mark.parametrize(
    ("name", "part"),
    [("per%20cent", "'%20'"), ("[a]", "'['"), ("a^b", "'^'")],
)
def test_a_folder_name_that_delta_cannot_read_back_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    table: VersionedTable,
    tmp_path: Path,
    name: str,
    part: str,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / name))

    with pytest.raises(UserError) as refusal:
        table.upsert(rows(0, 3))

    remedy = f"with {part} in its name, so set FLIGHTTIME_RUNS to a folder without it"
    assert remedy in str(refusal.value)
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("version", [1, -1])
def test_a_version_that_never_existed_is_refused(table: VersionedTable, version: int) -> None:
    table.upsert(rows(0, 3))

    with pytest.raises(UserError, match=f"there is no data version {version} of .*: choose 0 to 0"):
        table.read(version=version)


def test_a_version_whose_files_were_removed_is_refused_and_newer_ones_stay(
    table: VersionedTable,
) -> None:
    table.upsert(rows(0, 3))
    table.upsert(rows(0, 3, minutes=31.0))
    remove_old_files = {"retention_hours": 0, "enforce_retention_duration": False}
    DeltaTable(table.path).vacuum(**remove_old_files, dry_run=False)

    with pytest.raises(UserError, match="version 0 of .* is gone.*: restore .* from a backup"):
        table.read(version=0)

    pd.testing.assert_frame_equal(table.read(), rows(0, 3, minutes=31.0))


@pytest.mark.parametrize("use", [VersionedTable.read, lambda table: table.upsert(rows(0, 4))])
def test_a_log_that_is_damaged_is_refused_in_a_line(table: VersionedTable, use) -> None:
    table.upsert(rows(0, 3))
    (log,) = (table.path / "_delta_log").glob("*.json")
    log.write_bytes(log.read_bytes()[:40])

    with pytest.raises(UserError, match="the log of .* cannot be read") as refused:
        use(table)

    said = f"{refused.value}"
    assert "\n" not in said and said.endswith("restore the folder from a backup")


def test_a_version_whose_file_is_damaged_is_refused(table: VersionedTable) -> None:
    table.upsert(rows(0, 3))
    (file,) = table.path.glob("*.parquet")
    file.write_bytes(file.read_bytes()[:100])

    with pytest.raises(UserError, match="version 0 of .* were removed or damaged: restore"):
        table.read()


def test_a_version_whose_log_was_removed_is_refused(table: VersionedTable) -> None:
    table.upsert(rows(0, 3))
    table.upsert(rows(0, 4))
    DeltaTable(table.path).create_checkpoint()
    (table.path / "_delta_log" / f"{0:020}.json").unlink()

    with pytest.raises(UserError, match="version 0 of .* is gone"):
        table.read(version=0)

    assert len(table.read()) == 4


def test_every_version_is_kept_however_old_it_is(
    monkeypatch: pytest.MonkeyPatch,
    table: VersionedTable,
) -> None:
    options = {
        "delta.checkpointInterval": "3",
        "delta.logRetentionDuration": "interval 0 seconds",
        **delta.KEEP_ALL_VERSIONS,
    }
    monkeypatch.setattr(delta, "KEEP_ALL_VERSIONS", options)

    for last in range(1, 12):
        table.upsert(rows(0, last))

    assert [len(table.read(version=version)) for version in (0, 5, 10)] == [1, 6, 11]
