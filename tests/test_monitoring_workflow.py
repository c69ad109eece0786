"""Level 4's workflow, as GitHub would run it: a breach sends a challenger on trial; the next morning the loop is killed."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ladder import act
from ladder import stage as stages
from ladder.places import FEED
from ladder.places import LEVELS
from ladder.stage import Stage

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="act in host mode has not been tried on Windows"),
]

# Version 1 is released on 1 March, and errs by half an hour too much for two weeks. Two retrainings came to nothing.
PRODUCTION = """
from datetime import date, timedelta
from flighttime import certify, ingest, ledger, package, production, release, score, staging, tracking, train
staging.asked = lambda version: []  # what is tried here is what comes later
first = date(2013, 3, 1)
ingest.update(first)
tracking.register(train.train(first))
package.package("1")
certify.certify("1", first)
release.release("1", first, "Kim")
for day in (1, 10):
    for decision in ("retrain", "trained", "TIE"):
        ledger.record(date(2013, 2, day), decision, "1", by="the policy", reason="of another time")
for number in range(14):
    flights = ingest.timetable(date(2013, 2, 25) + timedelta(days=number))
    answers = score.answer(flights, production.current())
    score.record(answers.assign(minutes=answers["minutes"] + 30))
"""
# What the application would write down on the day of the trial.
A_DAY = """
from datetime import date
from flighttime import ingest, production, score
model = production.current()
score.record(score.answer(ingest.timetable(date(2013, 3, 11)), model), score.shadow_of(model))
"""
DECISIONS = "from flighttime import ledger; print(*(entry['decision'] for entry in ledger.entries()), sep=', ')"


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    # All of its tests run elsewhere; here it is the workflow that is tried.
    level = shutil.copytree(LEVELS[4], tmp_path / "a level", ignore=stages.LEFT_OUT)
    for path in {*(level / "tests").glob("test_*.py")} - {level / "tests" / "test_features.py"}:
        path.write_text("def test_nothing():\n    pass\n", encoding="utf-8")
    place = tmp_path / "a workflow"
    place.mkdir()
    outer = {name: value for name, value in os.environ.items() if not name.startswith("FLIGHTTIME_")}
    stage = Stage(level, place, {**outer, "FLIGHTTIME_FEED": str(FEED), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"})
    run(stage, PRODUCTION)
    return stage


def run(stage: Stage, program: str) -> str:
    environment = {**stage.environment, "FLIGHTTIME_TODAY": "2013-03-11"}
    done = subprocess.run([sys.executable, "-c", program], cwd=stage.level, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_breach_sends_a_challenger_on_trial_and_a_loop_that_was_killed_releases_it(
    stage: Stage,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One story, since each chapter begins with what the one before has left."""
    a_breach_sends_a_challenger_on_trial_and_calls_a_person(stage, capsys)
    a_loop_that_is_killed_in_mid_release_is_finished_by_the_next_one(stage)


def a_breach_sends_a_challenger_on_trial_and_calls_a_person(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    code = act.play(stage, "workflow_dispatch", asked="monitoring.yml", inputs=["today=2013-03-11"])

    told = capsys.readouterr().out
    assert code == 1, told
    assert "FAILED: call in" in told, told
    assert "| A person is called: 2 retrainings in a row came to nothing: the ledger says why" in told, told
    assert "retrain: true" in told
    assert "weeks over 1.1: 2 of 3" in told
    assert "PROMOTE" in told
    assert "not run" not in told
    assert "trial: 2\n" in told
    assert told.count("production answers with version 1\n") == 2
    assert run(stage, DECISIONS).endswith("retrain, a person is called, PROMOTE, on trial")


def a_loop_that_is_killed_in_mid_release_is_finished_by_the_next_one(stage: Stage) -> None:
    run(stage, A_DAY)
    command = [sys.executable, "-m", "flighttime.watch", "--today", "2013-03-12"]
    ledger = stage.state / "ledger.jsonl"
    with subprocess.Popen(command, cwd=stage.level, env=stage.environment, stdout=subprocess.DEVNULL) as loop:
        while b'"trial won"' not in ledger.read_bytes() and loop.poll() is None:
            time.sleep(0.001)
        loop.kill()
    assert loop.returncode == -9
    assert b'"on probation"' not in ledger.read_bytes()

    # Not after the dead one's lease has run out, but at once.
    done = subprocess.run(command, cwd=stage.level, env=stage.environment, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "champion: 2\n" in done.stdout and "probation: 2\n" in done.stdout
    assert run(stage, DECISIONS).endswith("released, on probation")
