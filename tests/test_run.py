"""`ladder run`: the same numbers twice, errors with a remedy, and no process left running."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path

import level_runs
import pandas as pd
import psutil
import pytest
from level_runs import starter

from ladder import places
from ladder import publish
from ladder import run as ladder_run
from ladder.alone import only_writer
from ladder.bench import level_code
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.run import wanted_levels
from ladder.year import builds
from ladder.year import days
from ladder.year import worker
from ladder.year.level4 import Level4

TEN_WEEKS = "2013-05-09"
LADDER = [sys.executable, "-m", "ladder.cli"]


def run(*arguments: str, runs: Path, check: bool = True) -> subprocess.CompletedProcess:
    environment = {
        **os.environ,
        "LADDER_RUNS": str(runs),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(ROOT / "shared"),
    }
    python = starter().python
    ran = subprocess.run(
        [python, "-c", level_runs.LADDER, python, "run", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert not check or ran.returncode == 0, ran.stdout + ran.stderr
    return ran


def numbers(runs: Path) -> dict:
    report = json.loads((runs / "report.json").read_text(encoding="utf-8"))
    return {name: value for name, value in report.items() if name not in publish.RUN_ONLY}


@pytest.mark.parametrize("text", ["", "5", "0-3", "0,,1", "one", "0 1"])
def test_levels_that_are_none_are_refused(text):
    with pytest.raises(LadderError, match="--levels"):
        wanted_levels(text)


@pytest.mark.parametrize("text", ["2013-02-28", "2014-01-01", "June", "2013-06-31"])
def test_days_outside_the_year_are_refused(text):
    with pytest.raises(LadderError, match="--until"):
        days.wanted(text)


@pytest.mark.slow
def test_a_second_run_gives_the_same_numbers_and_none_writes_to_a_persons_own_registry(
    tmp_path, monkeypatch
):
    """What is built is used again."""
    runs = tmp_path / "runs of today"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mine.db")
    monkeypatch.setenv("FLIGHTTIME_RUNS", str(tmp_path / "mine"))

    first = run("--levels", "0,1,2", "--until", "2013-03-07", runs=runs)
    before = numbers(runs)
    second = run("--levels", "0,1,2", "--until", "2013-03-07", runs=runs)

    assert "built earlier" not in first.stdout
    assert second.stdout.count("built earlier") >= 3
    assert numbers(runs) == before
    assert [row["level"] for row in before["levels"]] == [0, 1, 2]
    assert before["same_model_max_abs_diff"] == 0
    assert "report.html" in second.stdout
    assert [path.name for path in tmp_path.iterdir()] == [runs.name]
    assert (runs / LEVELS[2].name / "mlflow.db").exists()


def test_what_was_made_by_hand_is_kept_and_what_a_run_made_is_begun_anew(
    tmp_path, monkeypatch, capsys
):
    for module in (builds, ladder_run):
        monkeypatch.setattr(module, "RUNS", tmp_path)
    state = tmp_path / LEVELS[1].name
    for work in ("mine", "mine too"):
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir()
        (state / work).touch()
        ladder_run.make_room([0, 1])
        assert builds.restore(1, state) is False
    (state / "the run's").touch()

    ladder_run.make_room([0, 1])

    kept = [tmp_path / "kept" / f"{state.name}-{number}" for number in (1, 2)]
    assert [[path.name for path in folder.iterdir()] for folder in kept] == [["mine"], ["mine too"]]
    assert (state / "the run's").exists()
    output = capsys.readouterr().out.splitlines()
    assert output == [
        f"{state} was not made by a run: it is kept as {folder}, "
        "and works again when it is moved back"
        for folder in kept
    ]
    assert builds.restore(1, state) is False and not (state / "the run's").exists()


def test_a_replay_takes_nothing_from_the_terminal_that_is_not_documented(monkeypatch):
    settings = {
        "FLIGHTTIME_OBSERVED": "postgresql://me@db/mine",
        "FLIGHTTIME_RUNS": "/mine",
        "FLIGHTTIME_TODAY": "2013-07-01",
        "MLFLOW_TRACKING_URI": "sqlite:////mine.db",
        "MLFLOW_RUN_ID": "mine",
        "GIT_DIR": "/mine/.git",
        "GITHUB_ACTIONS": "true",
        "PYTHONOPTIMIZE": "2",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    replay, benchmark = places.replay_environment(4), level_code.environment(places.RUNS)

    assert {name: replay.get(name) for name in settings if name in replay} == {
        "FLIGHTTIME_RUNS": str(places.RUNS / LEVELS[4].name)
    }
    assert benchmark["FLIGHTTIME_TODAY"] == level_code.FIRST
    assert not benchmark.keys() & settings.keys() - {"FLIGHTTIME_RUNS", "FLIGHTTIME_TODAY"}
    assert replay["PATH"] == os.environ["PATH"]


@pytest.fixture
def state(tmp_path, monkeypatch):
    """A level's state, whose builds are kept in a folder of the test's own."""
    monkeypatch.setattr(builds, "RUNS", tmp_path)
    monkeypatch.setattr(builds, "digest", lambda level, runs: "0123")
    return tmp_path / LEVELS[1].name


class Built:
    """A team whose build is one file."""

    def __init__(self, state):
        self.model = state / "model"

    def build(self, today):
        self.model.write_text("half")


def test_a_build_that_works_is_kept(state):
    for reused in (False, True):
        assert worker.build(Built(state), 1, state) is reused
        assert (state / "model").read_text() == "half"
        with worker.proof(1, state, reused=reused):
            pass


@pytest.mark.parametrize("times", [1, 2])
def test_a_build_that_does_not_work_is_never_reused(state, times):
    if times == 2:  # it worked once
        assert worker.build(Built(state), 1, state) is False
        builds.keep(1, state)
    reused = worker.build(Built(state), 1, state)

    with pytest.raises(ValueError), worker.proof(1, state, reused=reused):
        raise ValueError

    assert worker.build(Built(state), 1, state) is False


def test_a_build_whose_proof_was_killed_is_made_again(state):
    worker.build(Built(state), 1, state)

    assert worker.build(Built(state), 1, state) is False


@pytest.mark.parametrize("variable", ["http_proxy", "all_proxy"])
def test_flights_are_not_sent_to_a_proxy(tmp_path, monkeypatch, variable):
    """Level 4's application answers on this machine."""
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "10.0.0.0/8")
    team = Level4({}, tmp_path, lambda kind, text: None)

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        team.place = f"http://127.0.0.1:{server.server_port}"
        answered = team.answers(pd.DataFrame({"flight_id": ["UA1"]}))
        server.shutdown()

    assert answered["flight_id"].tolist() == ["UA1"]


class Answering(BaseHTTPRequestHandler):
    """An application that returns the flights that it is asked about."""

    def do_POST(self):
        flights = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f'{{"answers": {flights}}}'.encode())

    def log_message(self, *_):
        """Print nothing."""


@pytest.mark.slow
@pytest.mark.skipif(
    sys.platform == "win32", reason="Ctrl-C cannot be sent to one process on Windows"
)
def test_ctrl_c_leaves_nothing_running(tmp_path):
    environment = {**os.environ, "LADDER_RUNS": str(tmp_path), "PYTHONPATH": str(ROOT / "shared")}
    ladder = subprocess.Popen(
        [*LADDER, "run", "--levels", "0,1,4"], env=environment, stdout=subprocess.PIPE
    )
    started = psutil.Process(ladder.pid)
    deadline = time.monotonic() + 60
    while len(started.children(recursive=True)) < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    children = started.children(recursive=True)

    ladder.send_signal(signal.SIGINT)
    ladder.communicate(timeout=60)

    assert len(children) >= 3
    assert ladder.returncode == 130
    assert not psutil.wait_procs(children, timeout=20)[1]


@pytest.mark.slow
def test_two_runs_at_once_do_not_mix(tmp_path):
    with only_writer(tmp_path):
        refused = run("--levels", "1", "--until", "2013-03-02", runs=tmp_path, check=False)

    assert refused.returncode == 2
    assert "another run" in refused.stderr


@pytest.mark.slow
def test_all_five_levels_give_the_published_numbers(tmp_path):
    """Ten weeks, in which each level but the lowest releases; `--publish` needs the year."""
    run("--until", TEN_WEEKS, runs=tmp_path)

    fresh, published = numbers(tmp_path), publish.published()

    assert fresh["same_model_max_abs_diff"] == 0
    assert fresh["events"] == [one for one in published["events"] if one["date"] <= TEN_WEEKS]
    assert fresh["assumptions"] == published["assumptions"]
    assert [row["releases"] > 0 for row in fresh["levels"]] == [False, True, True, True, True]
    known = {(row["week"], row["level"]): row for row in published["weekly"]}
    assert len(fresh["weekly"]) == 10 * 7
    for row in fresh["weekly"]:
        assert row == pytest.approx(known[row["week"], row["level"]], abs=1e-6)


@pytest.mark.parametrize("words", [["--levels", "0"], ["--until", "2013-03-02"]])
def test_what_is_no_whole_year_is_not_replayed_to_be_published(
    words: list[str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [starter().python, "-m", "ladder.cli", "run", "--publish", *words],
        env={**os.environ, "LADDER_RUNS": f"{tmp_path}"},
        cwd=ROOT / "shared",
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert "only a whole year of all five levels is published" in done.stderr
    assert not any(tmp_path.iterdir())
