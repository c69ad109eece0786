"""`ladder shell` opens a level as its README needs it, and other commands obey its variables."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ladder import platform
from ladder import serve
from ladder import shell
from ladder import terminals
from ladder import visit
from ladder.climbing import start
from ladder.errors import LadderError
from ladder.places import FEED
from ladder.places import LEVELS
from ladder.places import ROOT

posix = pytest.mark.skipif(os.name == "nt", reason="starts a shell of POSIX")
SET = ("FLIGHTTIME_RUNS", "FLIGHTTIME_TODAY", "FLIGHTTIME_FEED", visit.LEVEL)


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for all state, in a terminal without variables of ours."""
    for name in SET:
        monkeypatch.delenv(name, raising=False)
    for module in (visit, platform):
        monkeypatch.setattr(module, "RUNS", tmp_path)
    return tmp_path


def typed(
    *commands: str,
    level: int | None,
    folder: Path | None = None,
    options: tuple[str, ...] = (),
    **variables: str,
) -> list[str]:
    """The lines that `ladder shell` prints, with these commands typed into it."""
    environment = {name: value for name, value in os.environ.items() if name not in SET}
    environment |= {"PYTHONPATH": str(ROOT / "shared"), **variables}
    done = subprocess.run(
        [
            sys.executable,
            "-P",
            "-m",
            "ladder.cli",
            "shell",
            *([] if level is None else [f"{level}"]),
            *options,
        ],
        cwd=folder,
        input="\n".join(commands),
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@posix
def test_a_shell_has_folder_environment_state_feed_and_day_and_says_how_to_leave(
    runs: Path,
) -> None:
    said = typed(
        "pwd",
        "command -v python",
        'echo "$FLIGHTTIME_RUNS" "$FLIGHTTIME_TODAY" "$FLIGHTTIME_FEED"',
        level=1,
        LADDER_RUNS=str(runs),
    )

    state = runs / "mine1"
    assert said[0] == f"Level 1 on 2013-03-01, in {LEVELS[1]}"
    assert "  leave    exit" in said
    assert said[-3:] == [
        f"{LEVELS[1]}",
        str(Path(sys.executable).parent / "python"),
        f"{state} 2013-03-01 {FEED}",
    ]
    assert state.is_dir()


@posix
def test_the_day_and_the_state_can_be_named(runs: Path) -> None:
    said = typed(
        'echo "$FLIGHTTIME_RUNS" "$FLIGHTTIME_TODAY"',
        level=4,
        options=("--today", "2013-03-12", "--runs", str(runs / "ours")),
    )

    assert said[-1] == f"{runs / 'ours'} 2013-03-12"


@posix
def test_a_shell_in_a_climb_opens_there_at_its_level(tmp_path: Path) -> None:
    folder = tmp_path / "my flights"
    start.main(argparse.Namespace(folder=folder, level=2))

    said = typed("pwd", 'echo "$FLIGHTTIME_RUNS" "$FLIGHTTIME_FEED"', level=None, folder=folder)

    assert said[0] == f"Level 2 on 2013-03-01, in {folder}"
    assert said[-2:] == [f"{folder}", f"{folder / '.runs' / 'level2'} {FEED}"]


@posix
@pytest.mark.parametrize("name", ["bash", "zsh", "fish", "dash"])
def test_python_is_this_one_after_a_persons_own_start_up_file(name: str, tmp_path: Path) -> None:
    program = terminals.shutil.which(name)
    if program is None:
        pytest.skip(f"no {name} here")
    other = tmp_path / "other"
    other.mkdir()
    (other / "python").write_text("#!/bin/sh\necho another\n")
    (other / "python").chmod(0o755)
    for file in (".bashrc", ".zshrc"):
        (tmp_path / file).write_text(f"PATH={other}:$PATH\nalias python=/bin/false\n")
    environment = {**os.environ, "HOME": str(tmp_path), "LADDER_LEVEL": "1"}
    terminal = terminals.start("sh" if name == "dash" else name, program, environment)

    done = subprocess.run(
        [*terminal.command, *([] if "-i" in terminal.command else ["-i"])],
        input="python -c 'import sys; print(sys.executable)'\n",
        env={**environment, **terminal.variables},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert sys.executable in done.stdout.splitlines()


@pytest.mark.parametrize(
    ("git", "found"), [("cmd/git.exe", True), ("mingw64/bin/git.exe", True), (None, False)]
)
def test_on_windows_it_is_the_bash_of_git_so_that_commands_work_as_they_are_written(
    git: str | None, found: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bash = tmp_path / "bin" / "bash.exe"
    bash.parent.mkdir()
    bash.touch()
    place = str(tmp_path / git) if git else None
    monkeypatch.setattr(
        terminals.shutil, "which", lambda name: place if name == "git" else "powershell"
    )

    assert terminals.git_bash() == (str(bash) if found else None)


def test_without_it_powershell_has_the_environment_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminals.shutil, "which", lambda name: None)

    terminal = terminals.powershell()

    assert terminal.command[0] == "powershell.exe"
    assert terminal.command[-1].startswith("$env:PATH = $env:LADDER_PROGRAMS")
    assert terminal.variables["LADDER_PROGRAMS"] == str(Path(sys.executable).parent)


@pytest.mark.parametrize("day", ["march", ""])
def test_a_day_that_is_none_is_refused(runs: Path, day: str) -> None:
    arguments = argparse.Namespace(level=1, today=day, runs=None)

    with pytest.raises(LadderError, match=f"--today '{day}' is not a day; write it like 2013-03-0"):
        shell.level_shell(arguments, shell.place(1))


def test_it_says_how_to_go_on_where_the_decisions_of_the_state_are_later(tmp_path: Path) -> None:
    assert shell.later_day(tmp_path, "2013-03-01") == ""

    lines = '{"day": "2013-03-22"}\n{"day": "2013-03-15"}\nhalf a li'
    (tmp_path / "ledger.jsonl").write_text(lines, encoding="utf-8")

    assert "end on 2013-03-22: export FLIGHTTIME_TODAY=2013-03-22" in shell.later_day(
        tmp_path, "2013-03-01"
    )
    assert shell.later_day(tmp_path, "2013-03-22") == ""


def test_a_state_folder_without_a_name_is_refused() -> None:
    arguments = argparse.Namespace(level=1, today=None, runs="")

    with pytest.raises(LadderError, match="--runs is empty; name a folder"):
        shell.level_shell(arguments, shell.place(1))


def test_a_state_folder_that_cannot_be_made_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    arguments = argparse.Namespace(level=1, today=None, runs=str(tmp_path / "file" / "state"))

    with pytest.raises(LadderError, match=r"file.state cannot be made .*--runs FOLDER"):
        shell.level_shell(arguments, shell.place(1))


def test_every_command_works_on_the_state_that_the_terminal_names(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [visit.own_state(3), visit.year_state(3)]

    monkeypatch.setenv("FLIGHTTIME_RUNS", str(runs / "ours"))

    assert before == [runs / "mine3", runs / "level3_auto_deploy"]
    assert [visit.own_state(3), visit.year_state(3)] == [runs / "ours"] * 2


def test_the_shell_of_one_level_is_not_meant_for_another(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = visit.environment(4, runs / "mine4", "2013-03-11")
    for name in SET:
        monkeypatch.setenv(name, environment[name])

    assert (visit.year_state(4), visit.year_day(4)) == (runs / "mine4", "2013-03-11")
    assert (visit.year_state(3), visit.year_day(3)) == (runs / LEVELS[3].name, "2013-03-01")


def test_a_missing_model_and_a_missing_record_say_where_they_were_looked_for(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(runs / "ours"))
    monkeypatch.setattr(serve, "ask_health", lambda address: (503, {}))
    child = argparse.Namespace(poll=lambda: None)

    with pytest.raises(LadderError) as no_model:
        serve.wait_until_ready(child, 3, "http://127.0.0.1:1")
    with pytest.raises(LadderError) as no_record:
        platform.require_record(3)

    where = f"in {runs / 'ours'}, which FLIGHTTIME_RUNS names; "
    assert where in str(no_model.value)
    assert where in str(no_record.value)


@pytest.mark.parametrize(
    ("variables", "report", "day"),
    [
        ({}, None, "2013-03-01"),
        ({}, '{"until": "2013-07-31"}', "2013-07-31"),
        ({"FLIGHTTIME_TODAY": "2013-05-05"}, '{"until": "x"}', "2013-05-05"),
        ({"FLIGHTTIME_RUNS": "ours"}, '{"until": "2013-07-31"}', "2013-03-01"),
    ],
    ids=["nothing was run", "after a run", "somebody says so", "of another state"],
)
def test_an_application_is_served_on_the_day_that_its_level_has_come_to(
    variables: dict[str, str],
    report: str | None,
    day: str,
    runs: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if report:
        (runs / "report.json").write_text(report, encoding="utf-8")

    assert visit.year_day(3) == day
