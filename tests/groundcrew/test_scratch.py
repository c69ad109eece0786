"""Temporary files go to the state, and what a killed process left there is removed."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from groundcrew import scratch
from groundcrew import settings

KILLED = """
import os, sys, tempfile
from pathlib import Path

from groundcrew import scratch

with scratch.folder():
    Path(tempfile.mkdtemp(), "model.skops").write_text("half")
    os.kill(os.getpid(), 9) if os.name != "nt" else os._exit(9)
"""
CHILD = "import tempfile; print(tempfile.gettempdir())"


def run(script: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)


def test_all_temporary_files_are_in_the_folder_and_end_with_it() -> None:
    before = tempfile.gettempdir()

    with scratch.folder() as folder:
        made = Path(tempfile.mkdtemp())
        child = run(CHILD).stdout.strip()

    assert folder.is_relative_to(settings.runs())
    assert (made.parent, child) == (folder, str(folder))
    assert list(scratch.parent().iterdir()) == []
    assert tempfile.gettempdir() == before
    assert run(CHILD).stdout.strip() == before


def test_a_block_that_fails_restores_what_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "theirs")
    monkeypatch.delenv("TEMP", raising=False)

    with pytest.raises(ValueError), scratch.folder():
        raise ValueError

    assert os.environ["TMPDIR"] == "theirs"
    assert "TEMP" not in os.environ
    assert list(scratch.parent().iterdir()) == []


def test_the_next_block_removes_what_a_killed_process_left_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in scratch.VARIABLES:
        monkeypatch.setenv(name, str(tmp_path))

    killed = run(KILLED)

    assert abs(killed.returncode) == 9
    assert list(tmp_path.iterdir()) == []
    assert [path.read_text() for path in scratch.parent().rglob("model.skops")] == ["half"]
    with scratch.folder() as first:
        with scratch.folder() as second:
            assert not list(scratch.parent().rglob("model.skops"))
            assert first.exists() and second.exists()
        assert first.exists()


def test_what_cannot_be_removed_now_is_removed_by_the_next_block(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(f"{path} is open")

    with monkeypatch.context() as patch, scratch.folder() as stays:
        patch.setattr("shutil.rmtree", refuse)
    assert stays.exists()

    with scratch.folder():
        assert not stays.exists()
