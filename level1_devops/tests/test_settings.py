"""Everything is found without being told, and where it is told, what was told holds."""

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from flighttime import settings
from flighttime.errors import Refused


def runs_of(root: Path) -> Path:
    """Where a copy of the package at `root` keeps its state, if nobody tells it."""
    shutil.copytree(settings.ROOT / "flighttime", root / "flighttime")
    command = [sys.executable, "-c", "from flighttime import settings; print(settings.runs())"]
    return Path(subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.strip())


@pytest.fixture
def untold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLIGHTTIME_RUNS")


def test_a_copy_on_its_own_keeps_its_state_inside(untold: None, tmp_path: Path) -> None:
    assert runs_of(tmp_path / "copy") == (tmp_path / "copy" / ".runs").resolve()


def test_beside_the_shared_feed_state_is_kept_outside(untold: None, tmp_path: Path) -> None:
    (tmp_path / "shared" / "data").mkdir(parents=True)

    assert runs_of(tmp_path / "copy") == (tmp_path / "runs" / "copy").resolve()


def test_a_released_copy_finds_the_state_it_was_released_into(untold: None, tmp_path: Path) -> None:
    assert runs_of(tmp_path / "state" / "releases" / "0123456789ab") == (tmp_path / "state").resolve()


def test_the_place_that_is_told_holds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / "a place"))

    assert settings.runs() == (tmp_path / "a place").resolve()


def test_without_a_simulated_day_it_is_the_real_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLIGHTTIME_TODAY")

    assert settings.today() in (date.today(), date.today())


def test_a_day_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTTIME_TODAY", "1 March")

    with pytest.raises(Refused, match="FLIGHTTIME_TODAY is '1 March', not a day: write it like 2013-03-01"):
        settings.today()


def test_the_day_may_stand_in_a_file_and_is_read_anew_each_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock = tmp_path / "a clock"
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"@{clock}")

    clock.write_text("2013-03-01\n")
    before = settings.today()
    clock.write_text("2013-03-02\n")

    assert (before, settings.today()) == (date(2013, 3, 1), date(2013, 3, 2))


@pytest.mark.parametrize("content", [b"", b"1 March", b"\xff\xfe"])
def test_a_file_without_a_day_is_refused(content: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_bytes(content)
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"@{clock}")

    with pytest.raises(Refused, match=r"FLIGHTTIME_TODAY \(in .*clock\) is '.*', not a day: write it like 2013-03-01"):
        settings.today()


def test_a_clock_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"@{tmp_path / 'clock'}")

    with pytest.raises(Refused, match="FLIGHTTIME_TODAY names .*clock, which cannot be read .*: write the day into it"):
        settings.today()
