"""What differs on Windows and macOS, tried with their rules on the system that runs the tests."""

import errno
import ntpath
import os
import re
import subprocess
import sys
import sysconfig
import types
from importlib import metadata
from pathlib import Path

import pytest

from groundcrew import files
from groundcrew import leftovers
from groundcrew import moves
from ladder import alone
from ladder import cli
from ladder import copies
from ladder import doctor
from ladder import errors
from ladder import git
from ladder import install
from ladder import machines
from ladder import phase
from ladder import places
from ladder import stamp
from ladder import start
from ladder.climbing import start as climb_start
from ladder.errors import LadderError
from ladder.places import ROOT

RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f]|[ .]$')


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The name and the paths of Windows for the tool; pathlib keeps this system's."""
    for module in (stamp, start, errors, install, phase, moves):
        fake = types.SimpleNamespace(**{**vars(os), "name": "nt", "path": ntpath})
        monkeypatch.setattr(module, "os", fake)
    return monkeypatch


def test_every_name_in_the_repository_is_allowed_on_every_system() -> None:
    paths = git.listed(ROOT, "ls-files", "-z", "-co", "--exclude-standard")
    if not paths:
        pytest.skip("this is no git checkout")
    names = {part for path in paths for part in path.split("/")}

    assert not [one for one in names if RESERVED.fullmatch(one) or FORBIDDEN.search(one)]
    # Windows and macOS see one file where the names differ by their case only.
    assert len({path.lower() for path in paths}) == len(paths)


def test_the_longest_path_of_a_package_is_known() -> None:
    longest = max(
        len(path)
        for each in metadata.distributions()
        for path in map(str, each.files or [])
        if not path.startswith("..") and "__pycache__" not in path
    )

    assert longest == machines.IN_PACKAGES


@pytest.mark.parametrize(("length", "allowed"), [(97, True), (98, False)])
def test_a_path_that_windows_cannot_hold_is_refused_before_the_set_up(
    length: int, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = "C:\\".ljust(length, "x")
    inside = ntpath.join(root, ".venv", "Lib", "site-packages", "x" * machines.IN_PACKAGES)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(machines, "has_long_paths", lambda: False)

    try:
        machines.require_short_path(root)
        refused = False
    except LadderError as refusal:
        refused = True
        assert f"has {length} characters" in str(refusal)

    assert (len(inside) <= 259, not refused) == (allowed, allowed)


def test_a_windows_that_allows_long_paths_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(machines, "has_long_paths", lambda: True)

    machines.require_short_path("C:\\" + "x" * 200)


@pytest.mark.parametrize(("found", "allowed"), [(1, True), (0, False), (None, False)])
def test_whether_long_paths_are_allowed_is_read_from_the_registry(
    found: int | None, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Key:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    def value(key, name):
        if found is None:
            raise FileNotFoundError(name)
        return found, 4

    registry = types.SimpleNamespace(
        HKEY_LOCAL_MACHINE=0, OpenKey=lambda root, place: Key(), QueryValueEx=value
    )
    monkeypatch.setitem(sys.modules, "winreg", registry)

    assert machines.has_long_paths() is allowed


@pytest.mark.parametrize(
    ("system", "build", "processor", "name"),
    [
        ("win32", "win-amd64", "AMD64", "windows"),
        ("win32", "win-arm64", "ARM64", "win-arm64"),
        # Windows on ARM, with a Python for the other processor
        ("win32", "win-amd64", "ARM64", "windows"),
        ("win32", "win32", "AMD64", "win32"),
        ("darwin", "macosx-10.13-universal2", "arm64", "macos"),
        ("darwin", "macosx-10.13-universal2", "x86_64", "macos-x86_64"),
        ("linux", "linux-x86_64", "x86_64", "linux"),
        ("linux", "linux-aarch64", "aarch64", "linux-arm64"),
    ],
)
def test_a_machine_is_known_by_its_python(
    system: str, build: str, processor: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(sysconfig, "get_platform", lambda: build)
    monkeypatch.setattr(machines.platform, "machine", lambda: processor)

    assert machines.this() == name


def test_a_python_that_is_too_new_for_the_packages_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = types.SimpleNamespace(version_info=Version((3, 15)), platform="linux")
    monkeypatch.setattr(machines, "sys", fake)
    monkeypatch.setattr(machines, "this", lambda: "linux")

    with pytest.raises(LadderError, match=r"this is Python 3\.15, .*up to 3\.14 only.*py -3\.14"):
        machines.require_wheels()


@pytest.mark.parametrize("machine", ["macos-x86_64", "win-arm64"])
def test_a_machine_without_wheels_is_named_before_the_set_up(
    machine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machines, "this", lambda: machine)

    with pytest.raises(LadderError, match=rf"this machine \({machine}\); they have for Linux x86"):
        machines.require_wheels()


class Version(tuple):
    """A stand-in for sys.version_info."""

    major = property(lambda self: self[0])
    minor = property(lambda self: self[1])


@pytest.mark.parametrize("machine", ["windows", "macos"])
def test_doctor_says_first_where_it_has_not_been_run(
    machine: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(machines, "this", lambda: machine)
    monkeypatch.setattr(doctor, "CHECKS", doctor.CHECKS[:2])

    code = doctor.main(types.SimpleNamespace())

    line = capsys.readouterr().out.splitlines()[1]
    assert (code, line.split()[:2]) == (0, ["system", "note"])
    assert f"{machines.MACHINES[machine]}, Python" in line and "has not been run there yet" in line


def test_the_programs_of_the_environment_are_found_on_windows(windows) -> None:
    assert stamp.interpreter("C:\\ladder") == "C:\\ladder\\.venv\\Scripts\\python.exe"
    assert stamp.stamp_file("C:\\ladder") == "C:\\ladder\\.venv\\ladder-stamp.json"


def test_windows_reads_the_python_behind_an_environment_from_its_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ".venv"
    folder.mkdir()
    python = "C:\\two = three\\Python312\\python.exe"
    (folder / "pyvenv.cfg").write_text(f"home = x\nexecutable = {python}\nprompt = a = b\n")
    monkeypatch.setattr(stamp, "os", types.SimpleNamespace(name="nt", path=os.path))

    assert stamp.base_python(str(tmp_path)) == python


def test_powershell_needs_no_permission_to_run_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(climb_start, "ROOT", "C:/a ladder")
    monkeypatch.setattr(climb_start.say, "is_powershell", lambda: True)

    typed = climb_start.activation()

    programs = Path("C:/a ladder", ".venv", "bin")
    assert typed == f"$env:VIRTUAL_ENV='{programs.parent}'; $env:PATH='{programs};'+$env:PATH"


def test_a_command_in_a_message_is_typed_as_on_this_system(windows) -> None:
    assert errors.typed(LadderError("call `python3 ladder.py run`")) == "call `py ladder.py run`"
    assert "usage: py ladder.py COMMAND" in cli.help_page()
    assert "python3" not in cli.help_page()


def test_on_windows_the_tool_waits_for_what_it_hands_over_to(windows) -> None:
    waited = []

    class Child:
        def __init__(self, command, env):
            assert command[0].endswith("Scripts\\python.exe")

        def wait(self):
            waited.append(True)
            if len(waited) == 1:
                raise KeyboardInterrupt  # the console sends Ctrl-C to both
            return 7

    windows.setattr(subprocess, "Popen", Child)

    assert (start.hand_over(["doctor"]), len(waited)) == (7, 2)


def test_windows_ends_a_step_of_the_set_up_with_what_it_started(windows) -> None:
    called = []
    windows.setattr(subprocess, "run", lambda command, **_: called.append(command))
    child = types.SimpleNamespace(pid=4711, kill=lambda: None, wait=lambda: None)

    phase.end(child)

    assert called == [["taskkill", "/F", "/T", "/PID", "4711"]]


def test_what_macos_leaves_on_a_stick_is_no_part_of_the_feed_or_a_level(
    tmp_path: Path,
) -> None:
    for table in ("flights", "weather"):
        (tmp_path / table).mkdir()
        for name in ("2013-01.parquet", "._2013-01.parquet", ".DS_Store"):
            (tmp_path / table / name).touch()

    assert [file.name for file in places.months(tmp_path / "flights")] == ["2013-01.parquet"]
    # outside of a git checkout, as in a bundle
    assert list(copies.files(tmp_path)) == ["flights/2013-01.parquet", "weather/2013-01.parquet"]


def test_a_file_in_use_on_windows_is_no_matter_of_ownership(windows) -> None:
    refusal = install.explain_refusal(OSError(errno.EACCES, "in use", "C:\\ladder\\.venv\\x.pyd"))

    assert "close the programs that use it" in str(refusal)


def test_a_lock_is_held_with_the_calls_of_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def locking(descriptor: int, mode: int, size: int) -> None:
        calls.append((os.lseek(descriptor, 0, os.SEEK_CUR), mode, size))
        if len(calls) == 2:
            raise PermissionError(errno.EACCES, "locked by another process")

    monkeypatch.setattr(sys, "platform", "win32")
    fake = types.SimpleNamespace(locking=locking, LK_NBLCK=2)
    monkeypatch.setattr(alone, "msvcrt", fake, raising=False)
    with (tmp_path / "guard").open("ab") as file:
        file.write(b"all lock the same byte")
        file.flush()

        held = [alone.try_lock(file), alone.try_lock(file)]

    assert (held, calls) == ([True, False], [(0, 2, 1), (0, 2, 1)])


@pytest.fixture
def refusals(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The next two moves fail, as on Windows while another process reads the file."""
    refused: list[Path] = []
    move = Path.replace

    def replace(source: Path, target: Path) -> Path:
        if len(refused) < 2:
            refused.append(source)
            raise PermissionError(errno.EACCES, "in use by another process", f"{target}")
        return move(source, target)

    monkeypatch.setattr(Path, "replace", replace)
    return refused


def test_a_file_that_is_being_read_is_replaced_a_moment_later_on_windows(
    windows, refusals: list[Path], tmp_path: Path
) -> None:
    file = tmp_path / "state.json"

    files.write_json(file, {"version": "é"})

    assert file.read_bytes() == '{\n "version": "é"\n}\n'.encode()
    assert len(refusals) == 2
    assert os.listdir(tmp_path) == ["state.json"]


def test_a_file_that_stays_open_is_an_error_on_windows(
    windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state.json"
    file.write_text("old")
    monkeypatch.setattr(moves, "SECONDS_BETWEEN_ATTEMPTS", (0.0, 0.0))

    def refuse(source: Path, target: Path) -> Path:
        raise PermissionError(errno.EACCES, "in use by another process", f"{target}")

    monkeypatch.setattr(Path, "replace", refuse)

    with pytest.raises(PermissionError):
        files.write_text_atomically(file, "new")
    assert (file.read_text(), os.listdir(tmp_path)) == ("old", ["state.json"])


def test_elsewhere_a_refused_move_is_an_error_at_once(refusals: list[Path], tmp_path: Path) -> None:
    with pytest.raises(PermissionError):
        files.write_text_atomically(tmp_path / "state.json", "new")

    assert len(refusals) == 1


def test_a_lock_that_another_process_looks_at_stays_to_be_removed_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove = Path.unlink

    def unlink(file: Path, missing_ok: bool = False) -> None:
        if file.name.endswith(leftovers.LOCK) and monkeypatched:
            raise PermissionError(errno.EACCES, "in use by another process", f"{file}")
        remove(file, missing_ok=missing_ok)

    monkeypatched = [True]
    monkeypatch.setattr(Path, "unlink", unlink)
    files.write_text_atomically(tmp_path / "one", "1")
    left = sorted(os.listdir(tmp_path))
    monkeypatched.clear()

    files.write_text_atomically(tmp_path / "two", "2")

    assert left[-1] == "one"
    assert sorted(os.listdir(tmp_path)) == ["one", "two"]


def test_children_write_what_the_tool_reads_also_where_the_system_has_another_encoding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONUTF8", "0")
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("PYTHONCOERCECLOCALE", "0")
    monkeypatch.setenv("PATH", os.environ["PATH"])
    # Without site, which would read the paths of .venv with this encoding.
    print_it = [sys.executable, "-S", "-c", r"print('\u2192 7 \u00b1 1')"]
    refused = subprocess.run(print_it, capture_output=True).returncode

    cli.claim_environment()
    ran = subprocess.run(print_it, capture_output=True, encoding="utf-8")

    assert refused == 1
    assert ran.stdout == "→ 7 ± 1\n"
