"""`ladder run`: the same numbers twice, errors with a remedy, and no process left running."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from ladder import publish
from ladder import run as ladder_run
from ladder.alone import only_writer
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.run import wanted_levels
from ladder.year import builds
from ladder.year import days

LADDER = [sys.executable, "-m", "ladder.cli"]


def run(*arguments: str, runs: Path, check: bool = True) -> subprocess.CompletedProcess:
    environment = {**os.environ, "LADDER_RUNS": str(runs), "PYTHONPATH": str(ROOT / "shared")}
    ran = subprocess.run(
        [*LADDER, "run", *arguments],
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
def test_a_second_run_reuses_what_is_built_and_gives_the_same_numbers(tmp_path):
    runs = tmp_path / "runs of today"

    first = run("--levels", "0,1", "--until", "2013-04-16", runs=runs)
    before = numbers(runs)
    second = run("--levels", "0,1", "--until", "2013-04-16", runs=runs)

    assert "built earlier" not in first.stdout
    assert second.stdout.count("built earlier") >= 2
    assert numbers(runs) == before
    assert [row["level"] for row in before["levels"]] == [0, 1]
    assert before["same_model_max_abs_diff"] == 0
    assert before["levels"][1]["releases"] == 1
    assert "report.html" in second.stdout


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
    run("--until", "2013-05-09", runs=tmp_path)

    fresh, published = numbers(tmp_path), publish.published()

    assert fresh["same_model_max_abs_diff"] == 0
    assert fresh["assumptions"] == published["assumptions"]
    assert [row["releases"] > 0 for row in fresh["levels"]] == [False, True, True, True, True]
    known = {(row["week"], row["level"]): row for row in published["weekly"]}
    assert len(fresh["weekly"]) == 10 * 7
    for row in fresh["weekly"]:
        assert row == pytest.approx(known[row["week"], row["level"]], abs=1e-6)
