"""A file or folder is replaced completely or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from groundcrew import files

KILLED_DURING_THE_WRITE = """
import os, sys
from pathlib import Path
from groundcrew import files

def write_half(path):
    path.write_text("ne")
    os.kill(os.getpid(), 9) if os.name != "nt" else os._exit(9)

files.write_atomically(Path(sys.argv[1]), write_half)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "table.txt"
    files.write_text_atomically(path, "old")
    return path


def test_a_process_killed_during_the_write_leaves_the_old_file(path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED_DURING_THE_WRITE, str(path)])

    assert abs(killed.returncode) == 9
    assert path.read_text() == "old"


KILLED_WITH_A_FOLDER = """
import os, sys
from pathlib import Path
from groundcrew import files

end = lambda: os.kill(os.getpid(), 9) if os.name != "nt" else os._exit(9)
with files.folder_atomically(Path(sys.argv[1])) as unfinished:
    (unfinished / "half").touch()
    if sys.argv[2] == "filling":
        end()
    Path.replace, move = lambda self, target: move(self, target) and end(), Path.replace
"""


def test_the_next_write_removes_what_a_killed_one_left(path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED_DURING_THE_WRITE, str(path)])
    subprocess.run([sys.executable, "-c", KILLED_WITH_A_FOLDER, str(path.parent / "7"), "filling"])
    assert len(list(path.parent.iterdir())) > 1

    files.write_text_atomically(path.with_name("another"), "new")

    assert sorted(file.name for file in path.parent.iterdir()) == ["another", "table.txt"]


def test_what_another_process_is_still_writing_is_left_alone(path: Path) -> None:
    def write(temporary: Path) -> None:
        temporary.write_text("new")
        other = "from groundcrew import files; from pathlib import Path; import sys; "
        other += "files.write_text_atomically(Path(sys.argv[1]), 'other')"
        subprocess.run([sys.executable, "-c", other, str(path)], check=True)
        files.write_text_atomically(path.with_name("own"), "by the same process")

    files.write_atomically(path, write)

    assert path.read_text() == "new"
    assert sorted(file.name for file in path.parent.iterdir()) == ["own", "table.txt"]


def test_a_folder_is_restored_if_the_process_ended_while_it_was_replaced(tmp_path: Path) -> None:
    with files.folder_atomically(tmp_path / "model") as unfinished:
        (unfinished / "old").touch()
    command = [sys.executable, "-c", KILLED_WITH_A_FOLDER, str(tmp_path / "model"), "replacing"]
    assert abs(subprocess.run(command).returncode) == 9
    assert not (tmp_path / "model").exists()

    files.write_text_atomically(tmp_path / "another", "")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["another", "model"]
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["old"]


def test_a_folder_that_cannot_be_moved_into_place_leaves_the_previous_one(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with files.folder_atomically(tmp_path / "model") as unfinished:
        (unfinished / "old").touch()
    move = Path.replace

    def fail(path: Path, target: Path) -> Path:
        if (path / "new").exists():
            raise PermissionError("in use")
        return move(path, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(PermissionError), files.folder_atomically(tmp_path / "model") as unfinished:
        (unfinished / "new").touch()

    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["old"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(path: Path) -> None:
    def fail(temporary: Path) -> None:
        temporary.write_text("ne")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        files.write_atomically(path, fail)

    assert [(file.name, file.read_text()) for file in path.parent.iterdir()] == [
        ("table.txt", "old"),
    ]


def test_the_file_does_not_exist_before_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    existed = []

    def write(temporary: Path) -> None:
        temporary.write_text("new")
        existed.append(path.exists())

    files.write_atomically(path, write)

    assert existed == [False]
    assert path.read_text() == "new"


def test_a_folder_replaces_the_previous_one(tmp_path: Path) -> None:
    for text in ("old", "new"):
        with files.folder_atomically(tmp_path / "model") as unfinished:
            (unfinished / text).write_text(text)

    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["new"]


def test_a_folder_that_fails_leaves_the_previous_one(tmp_path: Path) -> None:
    with files.folder_atomically(tmp_path / "model") as unfinished:
        (unfinished / "old").touch()

    with pytest.raises(ValueError), files.folder_atomically(tmp_path / "model") as unfinished:
        (unfinished / "new").touch()
        raise ValueError

    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert (tmp_path / "model" / "old").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_permissions_are_those_of_a_normal_file_and_folder(path: Path, tmp_path: Path) -> None:
    with files.folder_atomically(tmp_path / "atomic"):
        pass
    (tmp_path / "normal.txt").touch()
    (tmp_path / "normal").mkdir()

    assert path.stat().st_mode == (tmp_path / "normal.txt").stat().st_mode
    assert (tmp_path / "atomic").stat().st_mode == (tmp_path / "normal").stat().st_mode


def test_json_is_read_as_it_was_written(tmp_path: Path) -> None:
    content = {"name": "Zürich", "numbers": [1, 2.5, None]}

    files.write_json(tmp_path / "a.json", content)

    assert files.read_json(tmp_path / "a.json") == content


def test_json_that_cannot_be_encoded_leaves_the_old_file(tmp_path: Path) -> None:
    files.write_json(tmp_path / "a.json", {"day": "2013-03-01"})

    with pytest.raises(TypeError):
        files.write_json(tmp_path / "a.json", {"day": object()})

    assert files.read_json(tmp_path / "a.json") == {"day": "2013-03-01"}


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")

    # FIPS 180-4, the example for SHA-256.
    assert files.sha256(tmp_path / "abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
