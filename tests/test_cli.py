"""The front of the tool, and the commands that show a level to a person."""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import types
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from ladder import cli
from ladder import doctor
from ladder import lab
from ladder import ports
from ladder import serve
from ladder import test as suite
from ladder import writable
from ladder.child import running
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.places import of_level


def test_help_needs_nothing_but_python() -> None:
    # -S leaves out every installed package, -E what the environment would add.
    ran = subprocess.run(
        [sys.executable, "-S", "-E", ROOT / "ladder.py", "--help"], capture_output=True, text=True
    )

    assert ran.returncode == 0, ran.stderr
    assert all(f"\n  {name}" in ran.stdout for group in cli.COMMANDS.values() for name in group)
    assert f": {', '.join(cli.MAINTAIN)}." in ran.stdout


@pytest.mark.parametrize("words", [[], ["-h"], ["--help"], ["help"]])
def test_every_way_of_asking_for_help_shows_the_page(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = cli.main(words)

    assert (code, capsys.readouterr().out) == (0, cli.help_page())


@pytest.mark.parametrize("name", cli.HELP)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([name, "--help"])

    assert end.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: ladder {name}")


def test_the_help_page_fits_a_terminal() -> None:
    assert max(map(len, cli.help_page().splitlines())) <= 100
    assert len(cli.help_page().splitlines()) <= 40


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bench", "serving", "--seconds", "1e20"], "--seconds is 1e+20: choose from 0 to 604,800"),
        (["soak", "1", "--seconds", "nan"], "--seconds is nan: choose from 0 to 604,800"),
    ],
)
def test_a_number_out_of_range_is_refused(
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture,
) -> None:
    assert cli.main(arguments) == 2

    assert said in capsys.readouterr().err


def test_a_command_that_does_not_exist_is_answered_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = cli.main(["docter"])

    assert code == 2
    assert "there is no command 'docter'; did you mean 'doctor'?" in capsys.readouterr().err


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> types.SimpleNamespace:
    """A stand-in for the module of `ladder doctor`, with a `main` to be set by the test."""
    stand_in = types.SimpleNamespace(add_arguments=lambda parser: None, main=lambda arguments: 0)
    monkeypatch.setattr(cli, "load", lambda name: stand_in)
    monkeypatch.setattr(cli, "RUNS", tmp_path / "runs")
    before = signal.getsignal(signal.SIGTERM)
    yield stand_in
    signal.signal(signal.SIGTERM, before)


def raiser(error: BaseException):
    def main(arguments: argparse.Namespace) -> int:
        raise error

    return main


def test_a_refusal_is_one_line_without_a_traceback(
    command: types.SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    command.main = raiser(LadderError("the value, the rule; the remedy"))

    code = cli.main(["doctor"])

    assert (code, capsys.readouterr().err) == (2, "ladder: the value, the rule; the remedy\n")


def test_a_defect_keeps_its_traceback_in_a_file(
    command: types.SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    command.main = raiser(ZeroDivisionError("by no one"))

    code = cli.main(["doctor"])

    output = capsys.readouterr().err
    assert code == 1
    assert "doctor failed with ZeroDivisionError: by no one" in output
    assert "Traceback" not in output
    assert "Traceback" in (cli.RUNS / "defect.txt").read_text()


def test_a_defect_that_keeps_its_file_from_being_written_is_shown(
    command: types.SimpleNamespace, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "runs").write_text("a file", encoding="utf-8")
    command.main = raiser(ZeroDivisionError("by no one"))

    code = cli.main(["doctor"])

    output = capsys.readouterr().err
    assert code == 1
    assert output.startswith("Traceback") and output.count("Traceback") == 1
    assert output.endswith("this is a defect; please report it with the lines above\n")


@pytest.mark.parametrize(
    ("runs", "why"),
    [
        ("a file", "a file is a file"),
        ("a file/deeper", "a file is a file"),
        ("locked/new", "you may not write to"),
        ("new/deeper", ""),
    ],
)
def test_a_runs_folder_that_cannot_be_written_is_refused_before_anything_is_done(
    runs: str,
    why: str,
    command: types.SimpleNamespace,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "a file").touch()
    (tmp_path / "locked").mkdir()
    # Root may write everywhere.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "locked")
    monkeypatch.setattr(writable, "RUNS", tmp_path / runs)
    monkeypatch.setenv("LADDER_RUNS", f"{tmp_path / runs}")

    code = cli.main(["run"])

    output = capsys.readouterr().err
    assert code == (2 if why else 0)
    assert why in output and output.count("\n") == bool(why)
    assert not (tmp_path / "new").exists()
    if why:
        with pytest.raises(doctor.Trouble, match=f"{why}.*; set LADDER_RUNS to a folder"):
            doctor.disk()


def test_a_file_in_use_on_windows_is_no_defect(
    command: types.SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    in_use = PermissionError(13, "used by another process", "C:\\ladder\\runs")
    in_use.winerror = 32
    command.main = raiser(in_use)

    code = cli.main(["doctor"])

    assert code == 2
    assert "C:\\ladder\\runs is in use by another program; stop" in capsys.readouterr().err
    assert not (cli.RUNS / "defect.txt").exists()


def test_an_interrupted_command_says_that_it_stopped(
    command: types.SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    command.main = raiser(KeyboardInterrupt())

    code = cli.main(["doctor"])

    assert (code, capsys.readouterr().err) == (130, "\nladder: stopped\n")


@pytest.mark.parametrize("last", [[], [os.path.dirname(sys.executable)]], ids=["absent", "last"])
def test_children_find_this_environment_and_write_bytecode(
    last: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join([os.defpath, *last]))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    cli.claim_environment()

    assert os.environ["PATH"].split(os.pathsep)[0] == os.path.dirname(sys.executable)
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ


def test_the_suite_runs_from_a_level_shell_where_a_levels_tests_have_no_plugin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in of_level(1).items():
        monkeypatch.setenv(name, value)
    assert os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] == "1"

    code = suite.main(argparse.Namespace(fast=False, rest=["--version", "--version"]))

    assert code == 0  # pytest knows the option of its plugin for several processes


def test_a_file_of_tests_that_does_not_exist_is_named(capsys: pytest.CaptureFixture) -> None:
    assert cli.main(["test", "foo"]) == 2
    assert cli.main(["test", "--", "tests/test_no.py::test_it"]) == 2

    error = capsys.readouterr().err
    assert "there is no file foo; `" in error and "test -- FILE` runs the tests" in error
    assert "there is no file tests/test_no.py::test_it" in error


def test_the_package_is_found_where_a_file_of_its_name_lies() -> None:
    found = subprocess.run(
        [sys.executable, "-S", "-c", "import ladder.cli"], cwd=ROOT, capture_output=True, text=True
    )

    assert found.returncode == 0, found.stderr


def trouble() -> str:
    raise doctor.Trouble("lost; look for it")


def surprise() -> str:
    raise ZeroDivisionError("by no one")


@pytest.mark.parametrize(
    ("look", "essential", "code", "line"),
    [
        (lambda: "well", True, 0, "it          OK    well"),
        (trouble, True, 1, "it          NO    lost; look for it"),
        (trouble, False, 0, "it          note  lost; look for it"),
        (
            surprise,
            True,
            1,
            "it          NO    could not be checked: ZeroDivisionError: by no one",
        ),
    ],
)
def test_doctor_says_ok_or_what_to_do(
    look, essential: bool, code: int, line: str, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(doctor, "CHECKS", [doctor.Check("it", look, essential=essential)])

    answered = doctor.main(argparse.Namespace())

    assert (answered, capsys.readouterr().out.splitlines()[0]) == (code, line)


def test_doctor_reads_the_whole_feed() -> None:
    assert doctor.feed() == "336,776 flights in 12 months"


def test_doctor_names_the_file_of_the_feed_that_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "flights").mkdir()
    (tmp_path / "flights" / "2013-01.parquet").write_text("version https://git-lfs")
    monkeypatch.setattr(doctor, "FEED", tmp_path)

    with pytest.raises(doctor.Trouble, match=r"2013-01\.parquet cannot be read"):
        doctor.feed()


@contextlib.contextmanager
def occupied() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((ports.LOOPBACK, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_in_use_is_answered_with_the_next_free_one() -> None:
    with occupied() as port, pytest.raises(LadderError) as refusal:
        ports.require_free(port, "serve 1")

    free = int(str(refusal.value).rstrip("`").rpartition(" ")[2])
    assert str(refusal.value).startswith(
        f"port {port} is in use; try `python3 ladder.py serve 1 --port"
    )
    assert free > port and ports.is_free(free)


def test_level_0_is_served_by_nobody() -> None:
    with pytest.raises(LadderError, match="Level 0 has no application.*lab 0"):
        serve.main(argparse.Namespace(level=0, port=8000))


APPLICATION = """
import http.server, json, sys
class Application(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({status})
        self.end_headers()
        self.wfile.write(json.dumps({{"model": "7"}}).encode())
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Application).serve_forever()
"""


@contextlib.contextmanager
def application(code: str, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = ports.somewhere()
    with running(
        [sys.executable, "-c", code, str(port)], folder=folder, environment=os.environ
    ) as child:
        yield child, f"http://127.0.0.1:{port}"


def test_serve_waits_until_the_application_answers(tmp_path: Path) -> None:
    with application(APPLICATION.format(status=200), tmp_path) as (child, address):
        assert serve.wait_until_ready(child, 1, address) == "7"


def test_serve_says_which_command_makes_a_model_where_there_is_none(tmp_path: Path) -> None:
    with application(APPLICATION.format(status=503), tmp_path) as (child, address):
        with pytest.raises(LadderError, match="no model in production yet in .*run --levels 3"):
            serve.wait_until_ready(child, 3, address)


def test_serve_notices_an_application_that_ended(tmp_path: Path) -> None:
    with application("raise SystemExit(5)", tmp_path) as (child, address):
        with pytest.raises(LadderError, match="ended before it answered, with exit code 5"):
            serve.wait_until_ready(child, 3, address)


def test_what_was_started_ends_with_what_started_it(tmp_path: Path) -> None:
    code = "import time; time.sleep(60)"

    with pytest.raises(KeyboardInterrupt):
        with running(
            [sys.executable, "-c", code], folder=tmp_path, environment=os.environ
        ) as child:
            raise KeyboardInterrupt

    assert child.returncode is not None


@pytest.fixture
def level(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small level, and a place of its own for the copies."""
    folder = tmp_path / "level1_small"
    (folder / "__pycache__").mkdir(parents=True)
    output = nbformat.v4.new_output("stream", name="stdout", text="42")
    cells = [
        nbformat.v4.new_markdown_cell("What do you expect?"),
        nbformat.v4.new_code_cell("print(6 * 7)", outputs=[output], execution_count=1),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "lab.ipynb")
    monkeypatch.setitem(LEVELS, 1, folder)
    monkeypatch.setattr(lab, "RUNS", tmp_path / "runs")
    return folder


def test_lab_opens_a_copy_and_leaves_the_level_alone(level: Path) -> None:
    published = (level / "lab.ipynb").read_bytes()

    copy = lab.copy_level(1, fresh=False)

    (copy / "lab.ipynb").write_text("my own")
    assert (level / "lab.ipynb").read_bytes() == published
    assert not (copy / "__pycache__").exists()


def test_lab_refuses_a_port_that_does_not_exist_before_it_copies(
    level: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert cli.main(["lab", "1", "--port", "99999"]) == 2

    assert "port 99999 does not exist" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


def test_lab_opens_a_copy_without_the_answers(level: Path) -> None:
    copy = lab.copy_level(1, fresh=False)

    published, cleared = (
        nbformat.read(folder / "lab.ipynb", as_version=4) for folder in (level, copy)
    )
    nbformat.validate(cleared)
    assert (cleared.cells[1].outputs, cleared.cells[1].execution_count) == ([], None)
    assert [cell.source for cell in cleared.cells] == [cell.source for cell in published.cells]
    assert published.cells[1].outputs[0].text == "42"


def test_lab_keeps_the_outputs_of_a_notebook_without_questions(level: Path) -> None:
    (level / "lab.ipynb").rename(level / "explore.ipynb")

    copy = lab.copy_level(1, fresh=False)

    assert (copy / "explore.ipynb").read_bytes() == (level / "explore.ipynb").read_bytes()


def test_lab_opens_a_copy_again_as_it_was_left(level: Path) -> None:
    (lab.copy_level(1, fresh=False) / "lab.ipynb").write_text("my own")

    copy = lab.copy_level(1, fresh=False)

    assert (copy / "lab.ipynb").read_text() == "my own"


def test_lab_starts_over_without_losing_anything(level: Path) -> None:
    for _ in range(2):
        (lab.copy_level(1, fresh=True) / "lab.ipynb").write_text("my own")

    copy = lab.copy_level(1, fresh=True)

    kept = sorted(copy.parent.glob("level1_small.before-*/lab.ipynb"))
    assert "What do you expect?" in (copy / "lab.ipynb").read_text()
    assert [file.read_text() for file in kept] == ["my own", "my own"]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a single process cannot be sent Ctrl-C on Windows")
def test_lab_starts_jupyter_behind_a_token_and_stops_it(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / ".bashrc").write_text(f"PATH={other}:$PATH\nalias python=/bin/false\n")
    environment = {
        **os.environ,
        "LADDER_RUNS": str(tmp_path),
        "PYTHONPATH": str(ROOT / "shared"),
        "HOME": str(tmp_path),
        "SHELL": shutil.which("bash"),
    }
    port = ports.somewhere()
    command = [
        sys.executable,
        "-P",
        "-m",
        "ladder.cli",
        "lab",
        "0",
        "--no-browser",
        f"--port={port}",
    ]

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as jupyter:
        try:
            printed = dict(itertools.takewhile(lambda line: line[0] != "stop", named(jupyter)))
            address = printed["address"]
            base, _, token = address.partition("/lab")[0], "", address.partition("?token=")[2]
            notebook = f"{base}/api/contents/explore.ipynb"
            without = status(notebook)
            with_token = status(f"{notebook}?token={token}")
            said = asyncio.run(terminal(base, token, "type python; echo $FLIGHTTIME_RUNS; exit"))
        finally:
            jupyter.send_signal(signal.SIGINT)
            code = jupyter.wait(timeout=30)

    assert (with_token, without, code) == (200, 403, 130)
    assert printed["notebook"] == str(tmp_path / "lab" / LEVELS[0].name / "explore.ipynb")
    assert f"python is {sys.executable}" in said
    assert printed["state"] in said
    assert wait_until_free(port)


def named(child: subprocess.Popen[str]) -> Iterator[tuple[str, str]]:
    """The printed lines, each as its first word and the rest."""
    for line in child.stdout:
        name, _, rest = line.strip().partition(" ")
        yield name, rest.strip()


async def terminal(base: str, token: str, typed: str) -> str:
    """What JupyterLab's terminal shows until it is left."""
    headers = {"Authorization": f"token {token}"}
    client = AsyncHTTPClient()
    answer = await client.fetch(f"{base}/api/terminals", method="POST", body="{}", headers=headers)
    address = f"{base}/terminals/websocket/{json.loads(answer.body)['name']}"
    socket = await websocket_connect(HTTPRequest(address.replace("http", "ws"), headers=headers))
    await socket.write_message(json.dumps(["stdin", f"{typed}\r"]))
    said = ""
    while (message := await asyncio.wait_for(socket.read_message(), 30)) is not None:
        kind, *rest = json.loads(message)
        said += rest[0] if kind == "stdout" else ""
        if kind == "disconnect":
            break
    return said


def status(address: str) -> int:
    """What is answered; Jupyter names its address a moment before it listens there."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {address}")


def wait_until_free(port: int) -> bool:
    for _ in range(50):
        if ports.is_free(port):
            return True
        time.sleep(0.1)
    return False
