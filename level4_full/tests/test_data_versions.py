"""Each update is a version of the table: whole or not there, and to be read again for ever."""

import subprocess
import sys
from datetime import date

import pandas as pd
import pytest

from flighttime import ingest
from flighttime import settings

KILLED_IN_MID_APPEND = """
import os
from datetime import date
import pyarrow as pa
from flighttime import ingest

def dying(new, rows=1000):
    table = pa.Table.from_pandas(new, preserve_index=False)
    def batches():
        yield from table.slice(0, rows).to_batches()
        os._exit(9)
    return pa.RecordBatchReader.from_batches(table.schema, batches())

really_write = ingest.write_deltalake
ingest.write_deltalake = lambda place, new, mode: really_write(place, dying(new), mode=mode)
ingest.update(date(2013, 1, 20))
"""


def die_in_mid_append() -> int:
    return subprocess.run([sys.executable, "-c", KILLED_IN_MID_APPEND], cwd=settings.ROOT).returncode


def test_an_old_version_holds_exactly_the_rows_of_its_day() -> None:
    days = [date(2013, 1, 10), date(2013, 1, 11), date(2013, 1, 20)]
    for day in days:
        ingest.update(day)

    for version, day in enumerate(days):
        pd.testing.assert_frame_equal(ingest.read(version), ingest.gather(day))
    pd.testing.assert_frame_equal(ingest.read(), ingest.gather(days[-1]))


def test_an_update_without_news_makes_no_version() -> None:
    ingest.update(date(2013, 1, 10))

    ingest.update(date(2013, 1, 10))

    assert ingest.version() == 0


def test_a_process_killed_in_mid_append_leaves_the_last_version() -> None:
    ingest.update(date(2013, 1, 10))

    assert die_in_mid_append() == 9

    assert ingest.version() == 0
    pd.testing.assert_frame_equal(ingest.read(), ingest.gather(date(2013, 1, 10)))
    ingest.update(date(2013, 1, 20))
    pd.testing.assert_frame_equal(ingest.read(), ingest.gather(date(2013, 1, 20)))


def test_a_process_killed_in_the_first_append_leaves_nothing_in_the_way() -> None:
    assert die_in_mid_append() == 9

    assert not ingest.exists()
    ingest.update(date(2013, 1, 20))
    pd.testing.assert_frame_equal(ingest.read(), ingest.gather(date(2013, 1, 20)))


def test_an_update_says_which_version_it_made(capsys: pytest.CaptureFixture) -> None:
    ingest.main(ingest.steps.parser("").parse_args(["--today", "2013-01-10"]))

    assert capsys.readouterr().out == f"flights_added: {len(ingest.read())}\ndata_version: 0\n"


def test_before_anything_is_published_there_is_no_version(capsys: pytest.CaptureFixture) -> None:
    ingest.main(ingest.steps.parser("").parse_args(["--today", "2013-01-01"]))

    assert capsys.readouterr().out == "flights_added: 0\ndata_version: None\n"
