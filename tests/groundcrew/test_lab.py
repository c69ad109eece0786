"""The plumbing of the notebooks: apart from any other state, and with the same output each time."""

import os
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from groundcrew import lab
from groundcrew import provenance
from groundcrew import settings
from groundcrew.errors import UserError
from groundcrew.lab import applications
from groundcrew.lab import state as lab_state

# Answers any request with its environment and its folder.
SERVER = """
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{os.environ.get('FLIGHTTIME_ENVIRONMENT')} {os.getcwd()}".encode())

HTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
"""


@pytest.fixture(autouse=True)
def new_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_state, "_started", False)


def test_a_lab_starts_with_an_empty_folder_in_the_state(state: Path) -> None:
    (state / "lab").mkdir()
    (state / "lab" / "left over").touch()
    (state / "mlflow.db").touch()

    lab.start()

    assert settings.runs() == state / "lab"
    assert list((state / "lab").iterdir()) == []
    assert (state / "mlflow.db").exists()


def test_a_second_start_in_the_same_kernel_removes_nothing(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab.start()
    (settings.runs() / "table.parquet").touch()

    lab.start()

    assert settings.runs() == state / "lab"
    assert (settings.runs() / "table.parquet").exists()
    assert "restart the kernel" in capsys.readouterr().out


def test_a_copy_of_the_project_reads_the_same_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLIGHTTIME_FEED")
    feed = settings.feed()

    lab.start()

    lab.commit_project("code")
    assert settings.feed() == feed


@pytest.mark.parametrize(
    "name",
    ["FLIGHTTIME_OBSERVED", "FLIGHTTIME_APP", "MLFLOW_TRACKING_URI", "GITHUB_ACTIONS"],
)
def test_a_lab_uses_no_database_and_no_application_of_a_person(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "true")

    lab.start()

    assert name not in os.environ
    assert os.environ["FLIGHTTIME_FEED"]


def test_a_simulated_day_ends_with_its_block(today: date) -> None:
    with lab.on(date(2013, 5, 6)):
        simulated = settings.today()

    assert (simulated, settings.today()) == (date(2013, 5, 6), today)


def test_a_simulated_day_ends_when_its_block_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLIGHTTIME_TODAY")

    with pytest.raises(ValueError), lab.on(date(2013, 5, 6)):
        raise ValueError

    assert "FLIGHTTIME_TODAY" not in os.environ


def test_each_day_works_as_of_that_day_and_prints_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def work(day: date) -> bool:
        print("working")
        return settings.today() == day

    results = lab.each_day(work, date(2013, 2, 27), 3)

    assert results == [True, True, True]
    assert capsys.readouterr().out == ""


def test_quiet_silences_both_streams(capsys: pytest.CaptureFixture[str]) -> None:
    with lab.quiet():
        print("progress")
        print("warning", file=sys.stderr)

    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


def test_output_that_differs_in_each_run_is_shortened(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = "0123456789ab" * 5

    def step() -> None:
        print(f"train      12.3 s\nmodel: {state / 'models' / 'model.skops'}")
        print(f"SHA-256 {digest[:12]}…, of {digest}; 1.25 minutes", file=sys.stderr)

    lab.show(step)

    shown = capsys.readouterr().out
    assert shown == (
        f"train\nmodel: {state.name}/models/model.skops\nSHA-256 …, of …; 1.25 minutes\n"
    )


def test_a_refusal_is_shown_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    def release(version: str, *, by: str) -> None:
        raise UserError(f"{by} names no version {version}: choose another")

    lab.show(release, "7", by="Kim")

    assert capsys.readouterr().out == "refused: Kim names no version 7: choose another\n"


def test_a_command_runs_in_the_project_and_its_output_is_shown(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "flighttime" / "train.py").write_text(
        "import os, sys\nprint(*sys.argv[1:], os.environ['FLIGHTTIME_RUNS'] + os.sep + 'models')\n"
        "print('error: no flights', file=sys.stderr)"
    )

    lab.run("python -m flighttime.train --by 'Kim Lee'")

    name = settings.runs().name
    assert capsys.readouterr().out == f"--by Kim Lee {name}/models\nerror: no flights\n"


@pytest.mark.parametrize("code", [0, 1])
def test_whether_a_command_succeeds_is_its_exit_code(code: int, tmp_path: Path) -> None:
    assert lab.succeeds(f"python -c 'raise SystemExit({code})'", tmp_path) == (code == 0)


def test_an_edit_replaces_a_text(project: Path) -> None:
    settings_file = project / "flighttime.toml"

    lab.edit(settings_file, "window_days = 59", "window_days = 28")

    assert settings.section("training")["window_days"] == 28


def test_an_edit_that_would_change_nothing_is_refused(project: Path) -> None:
    with pytest.raises(UserError, match="flighttime.toml does not contain 'window_days = 60'"):
        lab.edit(project / "flighttime.toml", "window_days = 60", "")


def test_a_copy_of_the_project_has_its_tests(project: Path) -> None:
    (project / "tests").mkdir()
    (project / "tests" / "test_features.py").touch()
    (project / "flighttime" / "__pycache__").mkdir()

    copy = lab.copy_project("broken")

    files = sorted(path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file())
    assert copy == settings.runs() / "broken"
    assert files == [
        "flighttime.toml",
        "flighttime/__init__.py",
        "flighttime/app.py",
        "requirements.txt",
        "tests/test_features.py",
    ]
    assert settings.root() == project


def test_a_committed_copy_becomes_the_project(project: Path) -> None:
    copy = lab.commit_project("code")

    assert settings.root() == copy
    assert provenance.version()["changed"] == "no"
    lab.edit(copy / "flighttime.toml", "59", "28")
    assert provenance.version()["changed"] == "flighttime.toml"
    lab.git("checkout", "--", ".")
    assert provenance.version()["changed"] == "no"


def test_git_that_fails_is_an_error_with_its_last_line(project: Path) -> None:
    with pytest.raises(UserError, match="git checkout failed .*not a git repository"):
        lab.git("checkout", "no-such-branch")


def test_the_application_is_asked_without_a_proxy_and_ends(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    (project / "flighttime" / "app.py").write_text(SERVER)

    with lab.Application(FLIGHTTIME_ENVIRONMENT="staging") as application:
        text = application.client.get("/").text
        running = application.is_running()

    assert text == f"staging {project}"
    assert (running, application.is_running()) == (True, False)
    application.stop()  # once more does no harm


def test_an_application_that_does_not_start_is_an_error(project: Path) -> None:
    (project / "flighttime" / "app.py").write_text("raise SystemExit('disk full')")

    with pytest.raises(UserError, match="does not start: run python -m flighttime.app"):
        lab.Application()


def test_the_application_ends_with_the_kernel(project: Path) -> None:
    (project / "flighttime" / "app.py").write_text(SERVER)
    code = "from groundcrew import lab; print(lab.Application().address)"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, timeout=60
    )

    port = int(done.stdout.strip().rpartition(":")[2])
    assert done.returncode == 0, done.stderr
    assert not is_open(port)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_what_never_happens_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applications, "SECONDS_TO_WAIT", 0.1)
    answers = iter([False, True])

    lab.wait_until(lambda: next(answers))

    with pytest.raises(UserError, match="restart the kernel"):
        lab.wait_until(lambda: False)
