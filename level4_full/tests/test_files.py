"""Files appear whole or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flighttime import files
from flighttime import settings

KILLED_IN_MID_WRITE = """
import os, sys
from pathlib import Path
from flighttime import files

def write_half(path):
    path.write_text("ne")
    os._exit(9)

files.write_whole(Path(sys.argv[1]), write_half)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "table.txt"
    files.write_whole(path, lambda unfinished: unfinished.write_text("old"))
    return path


def test_a_process_killed_in_mid_write_leaves_the_old_file(path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED_IN_MID_WRITE, str(path)], cwd=settings.ROOT)

    assert killed.returncode == 9
    assert path.read_text() == "old"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(path: Path) -> None:
    def fail(unfinished: Path) -> None:
        unfinished.write_text("ne")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        files.write_whole(path, fail)

    assert [(file.name, file.read_text()) for file in path.parent.iterdir()] == [("table.txt", "old")]


def test_the_file_is_not_there_before_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"

    files.write_whole(path, lambda unfinished: (unfinished.write_text("new"), path.exists() and pytest.fail("seen")))

    assert path.read_text() == "new"


def test_a_folder_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    for text in ("old", "new"):
        with files.whole_folder(tmp_path / "model") as unfinished:
            (unfinished / text).write_text(text)

    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["new"]


def test_a_folder_that_fails_leaves_the_one_before(tmp_path: Path) -> None:
    with files.whole_folder(tmp_path / "model") as unfinished:
        (unfinished / "old").touch()

    with pytest.raises(ValueError), files.whole_folder(tmp_path / "model") as unfinished:
        (unfinished / "new").touch()
        raise ValueError

    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert (tmp_path / "model" / "old").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_other_accounts_may_read_what_they_could_read_anyway(path: Path, tmp_path: Path) -> None:
    with files.whole_folder(tmp_path / "made whole"):
        pass
    (tmp_path / "plain.txt").touch()
    (tmp_path / "plain").mkdir()

    assert path.stat().st_mode == (tmp_path / "plain.txt").stat().st_mode
    assert (tmp_path / "made whole").stat().st_mode == (tmp_path / "plain").stat().st_mode
