"""A command prints plain text for a person, and what a workflow understands in a workflow."""

import errno
import io
import os
import re
import runpy
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from groundcrew import commands
from groundcrew import tables
from groundcrew.commands import messages
from groundcrew.errors import UserError

COMMAND = '''"""Measure something.

python -m measure [--today 2013-03-01]
python -m measure --weeks 2
"""

from typing import Annotated

import typer

from groundcrew import commands


def main(
    today: commands.Today,
    since: commands.Day = None,
    count: commands.Count = 4,
    weeks: Annotated[int, typer.Option(help="how many weeks")] = 4,
) -> None:
    commands.output("today", today)
    commands.output("since", since)
    commands.output("weeks", weeks)


if __name__ == "__main__":
    commands.run(main)
'''


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file in which a workflow finds the outputs of a step."""
    path = tmp_path / "outputs"
    path.touch()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_OUTPUT", str(path))
    return path


def test_a_person_sees_plain_text(capsys: pytest.CaptureFixture) -> None:
    with commands.group("Do it"):
        commands.output("flights", 3)
        commands.notice("well done")
        commands.warning("be careful")
        commands.error("it broke")

    printed = capsys.readouterr()
    assert printed.out == "Do it\nflights: 3\nwell done\n"
    assert printed.err == "warning: be careful\nerror: it broke\n"


def test_a_workflow_gets_annotations_and_groups(
    outputs: Path,
    capsys: pytest.CaptureFixture,
) -> None:
    with commands.group("Do it"):
        commands.notice("well done")
        commands.warning("be careful")
        commands.error("it broke\nbadly")

    assert capsys.readouterr().out.splitlines() == [
        "::group::Do it",
        "::notice::well done",
        "::warning::be careful",
        "::error::it broke%0Abadly",
        "::endgroup::",
    ]


def test_only_a_workflow_gets_a_summary_page(
    outputs: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    page = outputs.with_name("summary.md")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))

    commands.summary("## Grün")
    commands.summary("| a |")
    monkeypatch.delenv("GITHUB_ACTIONS")
    commands.summary("not in a workflow")

    assert page.read_text("utf-8") == "## Grün\n| a |\n"
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("value", ["3f2a", 3, 2.5, Path("some where") / "model.skops"], ids=str)
def test_a_workflow_gets_outputs_for_its_next_steps(
    outputs: Path,
    capsys: pytest.CaptureFixture,
    value: object,
) -> None:
    commands.output("result", value)

    name, given, _ = outputs.read_text("utf-8").split("\n", 2)
    assert name.startswith("result<<")
    assert given == str(value)
    assert f"result: {value}" in capsys.readouterr().out


def test_a_mapping_of_outputs_is_given_out_one_by_one(
    outputs: Path,
    capsys: pytest.CaptureFixture,
) -> None:
    commands.outputs({"flights": 3, "outcome": "TIE"})

    assert capsys.readouterr().out == "flights: 3\noutcome: TIE\n"
    given = [line.partition("<<")[0] for line in outputs.read_text("utf-8").splitlines()]
    assert [given[0], given[3]] == ["flights", "outcome"]


def test_a_group_is_closed_although_the_command_fails(
    outputs: Path,
    capsys: pytest.CaptureFixture,
) -> None:
    with pytest.raises(UserError), commands.group("Do it"):
        raise UserError("no")

    assert capsys.readouterr().out.splitlines()[-1] == "::endgroup::"


@pytest.fixture
def measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module with a command."""
    (tmp_path / "measure.py").write_text(COMMAND, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return "measure"


def call(monkeypatch: pytest.MonkeyPatch, module: str, *arguments: str) -> None:
    """Run the module as a command in this process."""
    monkeypatch.setattr("sys.argv", [module, *arguments])
    runpy.run_module(module, run_name="__main__", alter_sys=True)


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        ([], ["2013-03-01", "None", "4"]),
        (["--today", "2013-02-14", "--weeks=2"], ["2013-02-14", "None", "2"]),
        (["--since", "2013-02-01"], ["2013-03-01", "2013-02-01", "4"]),
    ],
    ids=["defaults", "today", "since"],
)
def test_the_signature_defines_the_options(
    measure: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    arguments: list[str],
    printed: list[str],
) -> None:
    call(monkeypatch, measure, *arguments)

    assert capsys.readouterr().out == "today: {}\nsince: {}\nweeks: {}\n".format(*printed)


COPY = """
from pathlib import Path

from groundcrew import commands


def main(source: Path | None = None, *, target: Path) -> None:
    commands.output(f"{source}", target)


commands.run(main)
"""


@pytest.mark.parametrize("arguments", [["a", "--target", "b"], ["--target", "b"]])
def test_positional_parameters_are_arguments_and_keyword_only_ones_are_options(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    arguments: list[str],
) -> None:
    (tmp_path / "copy_file.py").write_text(COPY, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    call(monkeypatch, "copy_file", *arguments)

    assert capsys.readouterr().out == ("a: b\n" if arguments[0] == "a" else "None: b\n")


NAMED = """
from groundcrew import commands


def main(*, version: str, share: float = 0.5, by: str = "", every: bool = False) -> None:
    commands.outputs({"version": version, "share": share, "by": by, "every": every})


commands.run(main)
"""


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module with a command whose parameters are all keyword-only."""
    (tmp_path / "named.py").write_text(NAMED, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return "named"


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["--version", "7"], "version: 7\nshare: 0.5\nby: \nevery: False\n"),
        (
            ["--by", "Kim", "--share", "0.1", "--every", "--version", "7"],
            "version: 7\nshare: 0.1\nby: Kim\nevery: True\n",
        ),
    ],
)
def test_a_keyword_only_parameter_of_any_type_is_an_option(
    named: str,
    arguments: list[str],
    printed: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    call(monkeypatch, named, *arguments)

    assert capsys.readouterr().out == printed


def test_a_keyword_only_parameter_without_a_default_is_required(
    named: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    with pytest.raises(SystemExit) as end:
        call(monkeypatch, named)

    assert end.value.code == 2
    assert "Missing option '--version' (given: nothing; " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tody", "2013-03-01"], "No such option: --tody .*--today"),
        (
            ["--today", "0001-01-03"],
            "'0001-01-03' is too far away: choose a year from 1900 to 2199",
        ),
        (["--since", "9999-12-31"], "'9999-12-31' is too far away: choose a year from 1900 to"),
        (["--count", "0"], "'--count': Input should be greater than or equal to 1"),
        (["--count", "1001"], "'--count': Input should be less than or equal to 1000"),
        (["--today", "1March"], "'--today': '1March' is not a day: write it like 2013-03-01"),
        (["--since", "2013-02-30"], "'--since': '2013-02-30' is not a day: write it like"),
        (["--weeks", "many"], "'--weeks': .*valid integer.* given: --weeks many"),
        (["extra"], "unexpected extra argument.* given: extra"),
        (["--weeks"], "'--weeks' requires an argument"),
        (["--today", ""], "--today is empty: give a value, or leave it out"),
        (["--since="], "--since is empty: give a value, or leave it out"),
        ([""], "an argument is empty: give a value, or leave it out"),
    ],
)
def test_a_usage_error_is_one_line_and_exit_code_2(
    measure: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    arguments: list[str],
    message: str,
) -> None:
    with pytest.raises(SystemExit) as end:
        call(monkeypatch, measure, *arguments)

    printed = capsys.readouterr()
    assert end.value.code == 2
    assert re.fullmatch(
        rf"error: .*{message}.*python -m measure --help lists the options\)\n",
        printed.err.replace("(given", " given"),
    )
    assert printed.out == ""


def test_a_day_in_the_environment_that_is_none_is_one_line_too(
    measure: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_TODAY", "1 March")

    with pytest.raises(SystemExit) as end:
        call(monkeypatch, measure)

    assert end.value.code == 2
    assert capsys.readouterr().err == (
        "error: FLIGHTTIME_TODAY is '1 March', not a day: write it like 2013-03-01\n"
    )


def test_wrong_settings_are_named_before_the_work_begins(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    begun = []
    (project / "flighttime" / "ranges.toml").write_text("[gate]\ndays = [1, 9]", encoding="utf-8")
    (project / "flighttime.toml").write_text("[gate]\ndays = 10", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["command"])

    with pytest.raises(SystemExit) as ended:
        commands.run(lambda: begun.append("the data is missing"))

    assert (ended.value.code, begun) == (2, [])
    error = capsys.readouterr().err
    assert re.match(r"error: days in \[gate\] is 10, and should be .*: correct .*\n$", error), error


def test_the_help_text_is_the_docstring_of_the_module(
    measure: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    with pytest.raises(SystemExit) as end:
        call(monkeypatch, measure, "--help")

    text = capsys.readouterr().out
    assert end.value.code == 0
    assert "  Measure something.\n" in text
    # Line by line. Python 3.13 itself removes the indentation that all lines have.
    assert "  python -m measure [--today 2013-03-01]\n  python -m measure --weeks 2\n" in text
    assert "how many weeks" in text
    assert "completion" not in text


def refused(code: int) -> OSError:
    return OSError(code, os.strerror(code), "/state/file")


def wrapped(cause: Exception) -> Exception:
    """What a library raises that does not pass on the code of the system."""
    problem = RuntimeError("cannot write the table")
    problem.__cause__ = cause
    return problem


FULL = r"the disk is full \(.*\): free some space, or set FLIGHTTIME_RUNS to another folder"
READ_ONLY = r"the disk is read-only \(.*\): make it writable, or set FLIGHTTIME_RUNS"
FORBIDDEN = r"this user may not read or write there \(.*\): change the permissions, or set"


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        (refused(errno.ENOSPC), FULL),
        (wrapped(refused(errno.ENOSPC)), FULL),
        (OSError("write failed\nNo space left on device (os error 28)"), FULL),
        (RuntimeError("(raised by a flush)\n(OperationalError) database or disk is full"), FULL),
        (refused(errno.EROFS), READ_ONLY),
        (RuntimeError("attempt to write a readonly database"), READ_ONLY),
        (refused(errno.EACCES), FORBIDDEN),
        (RuntimeError("unable to open database file"), FORBIDDEN),
        (refused(errno.ENOTDIR), "there is a file in place of a folder, .*: move it, or set"),
        (refused(errno.EEXIST), "there is a file in place of a folder, .*: move it, or set"),
        (refused(errno.EMFILE), "too many files are open .*: raise the limit"),
    ],
)
def test_a_refusal_of_the_system_is_one_line_and_exit_code_2(
    problem: Exception,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    def main() -> None:
        raise problem

    monkeypatch.setattr(sys, "argv", ["command"])
    with pytest.raises(SystemExit) as end:
        commands.run(main)

    assert end.value.code == 2
    assert re.fullmatch(rf"error: {message}.*\n", capsys.readouterr().err)


def test_a_state_folder_that_cannot_be_created_is_named(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
) -> None:
    def main() -> None:
        raise refused(errno.ENOENT)

    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / "not there"))
    monkeypatch.setattr(sys, "argv", ["command"])
    with pytest.raises(SystemExit, match="2"):
        commands.run(main)

    assert "not there cannot be created (" in capsys.readouterr().err


@pytest.mark.parametrize("problem", [FileNotFoundError(errno.ENOENT, "x"), ValueError("x")])
def test_an_error_that_is_not_expected_keeps_its_traceback(
    problem: Exception,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def main() -> None:
        raise problem

    monkeypatch.setattr(sys, "argv", ["command"])
    with pytest.raises(type(problem)):
        commands.run(main)


@pytest.mark.parametrize("variable", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
def test_a_file_of_a_workflow_that_cannot_be_written_is_named(
    variable: str,
    outputs: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "not there" / "file"))

    with pytest.raises(UserError, match=f"{variable} names .*file, which cannot be written"):
        commands.output("version", 7)
        commands.summary("# Done")


@pytest.mark.parametrize(
    ("problem", "code", "printed"),
    [
        (UserError("too early: choose another day"), 2, "error: too early: choose another day\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
    ids=["user error", "Ctrl-C"],
)
def test_a_command_that_is_stopped_exits_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    problem: BaseException,
    code: int,
    printed: str,
) -> None:
    def main() -> None:
        raise problem

    monkeypatch.setattr("sys.argv", ["command"])
    with pytest.raises(SystemExit) as end:
        commands.run(main)

    assert end.value.code == code
    assert capsys.readouterr().err == printed


def test_an_error_of_the_program_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def main() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sys.argv", ["command"])
    with pytest.raises(ZeroDivisionError):
        commands.run(main)


def test_output_may_be_captured_by_any_stream(
    measure: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)

    call(monkeypatch, measure)

    assert stream.getvalue() == "today: 2013-03-01\nsince: None\nweeks: 4\n"


def test_a_console_without_a_character_shows_a_replacement(tmp_path: Path) -> None:
    code = "from groundcrew import commands\ncommands.run(lambda: commands.output('name', 'Ü→'))"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment)

    assert done.stdout.strip() == b"name: ??"


def test_a_command_starts_fast() -> None:
    code = "import sys, groundcrew.commands; print(sorted(m for m in sys.modules if '.' not in m))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    slow = {"rich", "actions_toolkit", "pandas", "numpy", "mlflow", "sklearn"}
    assert not [name for name in slow if f"'{name}'" in done.stdout]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    """Standard output is a terminal, and progress is shown earlier than usual."""
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda self: True)
    monkeypatch.setattr(messages, "SECONDS_BETWEEN_UPDATES", 0.01)
    monkeypatch.setattr(messages, "SECONDS_UNTIL_PROGRESS", 0.05)


def test_a_terminal_shows_how_long_the_work_takes(
    terminal: None,
    capsys: pytest.CaptureFixture,
) -> None:
    with commands.progress("training"):
        time.sleep(0.2)
    commands.notice("done")

    *_, last, blank, after = capsys.readouterr().out.split("\r")
    assert re.fullmatch(r"training +\d+\.\d s", last)
    assert blank == " " * len(last)
    assert after == "done\n"


def test_fast_work_shows_no_progress(
    terminal: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setattr(messages, "SECONDS_UNTIL_PROGRESS", 60)

    with commands.progress("training"):
        time.sleep(0.05)

    assert capsys.readouterr().out == ""


def test_an_error_ends_the_progress(terminal: None) -> None:
    before = threading.active_count()

    with pytest.raises(UserError), commands.progress("training"):
        raise UserError("no")

    assert threading.active_count() == before


def test_a_log_file_shows_no_progress(
    terminal: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda self: False)

    with commands.progress("training"):
        time.sleep(0.1)

    assert capsys.readouterr().out == ""


def test_today_is_read_when_the_command_runs(
    measure: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setenv("FLIGHTTIME_TODAY", f"{date(2013, 7, 4)}")

    call(monkeypatch, measure)

    assert "today: 2013-07-04\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "unset", "where"),
    [
        ([], (), "looked in {state}, as of 2013-03-01"),
        (["--today", "2013-07-04"], ("FLIGHTTIME_TODAY",), "looked in {state}, as of 2013-07-04"),
        (
            [],
            ("FLIGHTTIME_TODAY",),
            "looked in {state}, as of {real} (FLIGHTTIME_TODAY is not set)",
        ),
        (
            [],
            ("FLIGHTTIME_RUNS",),
            "looked in {default} (FLIGHTTIME_RUNS is not set), as of 2013-03-01",
        ),
    ],
    ids=["both set", "the day of the command line", "the real day", "the default folder"],
)
def test_a_command_that_finds_nothing_says_where_it_looked_and_as_of_which_day(
    given: list[str],
    unset: tuple[str, ...],
    where: str,
    state: Path,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    def main(*, today: commands.Today) -> None:
        tables.Table("flights", key=["date"]).read()

    for name in unset:
        monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "argv", ["measure", *given])

    with pytest.raises(SystemExit) as end:
        commands.run(main)

    names = {"state": state, "default": project / ".runs", "real": date.today()}
    message = capsys.readouterr().err
    assert end.value.code == 2
    assert "run python -m flighttime.ingest; looked in " in message
    assert message.endswith(f"{where.format(**names)}\n")
    assert message.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"file": Path("f.csv"), "day": None, "flight": None}, ""),
        ({"file": None, "day": None, "flight": None}, ""),
        ({"file": Path("f.csv"), "day": date(2013, 3, 1)}, "a file and --day exclude each other"),
        ({"day": date(2013, 3, 1), "flight": "{}"}, "--day and --flight exclude each other"),
    ],
)
def test_of_several_options_one_can_be_given(given: dict, said: str) -> None:
    if not said:
        return commands.only_one(**given)
    with pytest.raises(UserError, match=f"^{said}: give only one of them$"):
        commands.only_one(**given)
