"""What was finished is on the disk, whole; and one process at a time works on it."""

import subprocess
import sys
from pathlib import Path

import pytest

from flighttime import journal
from flighttime import settings
from flighttime.errors import Refused

HOLDER = """
import time
from flighttime import journal

with journal.alone():
    print("at work", flush=True)
    time.sleep(60)
"""


def test_what_is_written_is_read() -> None:
    assert journal.read() is None

    journal.write({"day": "2013-03-01"})
    journal.write({"day": "2013-03-02"})

    assert journal.read() == {"day": "2013-03-02"}


def test_half_of_it_is_never_seen() -> None:
    journal.write({"day": "2013-03-01"})

    with pytest.raises(TypeError):
        journal.write({"day": object()})

    assert journal.read() == {"day": "2013-03-01"}


def test_what_is_finished_is_cleared_away() -> None:
    journal.write({"day": "2013-03-01"})
    journal.products().mkdir()
    (journal.products() / "model.skops").touch()

    journal.clear()

    assert journal.read() is None
    assert list(journal.place().iterdir()) == []


def test_a_second_one_is_refused_until_the_first_is_done() -> None:
    with journal.alone():
        with pytest.raises(Refused, match="another pipeline is at work on .*: wait until it is done, or set FLIGHTTIME_RUNS"):
            with journal.alone():
                pass

    with journal.alone():
        pass


def test_whoever_is_killed_holds_nothing_back() -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER], cwd=settings.ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "at work\n"
        with pytest.raises(Refused, match="another pipeline is at work"), journal.alone():
            pass

        holder.kill()
        holder.wait()

        with journal.alone():
            pass


def test_another_folder_is_another_matter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with journal.alone():
        monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / "another"))
        with journal.alone():
            pass
