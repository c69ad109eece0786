"""`ladder act`: a level's workflow runs as in GitHub, and changes no settings of the person."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import level_runs
import psutil
import pytest

from ladder import act
from ladder import act_process
from ladder import approval
from ladder import level_files
from ladder import stage
from ladder import step_shell
from ladder import warm
from ladder import workflows
from ladder.cli import main
from ladder.errors import LadderError
from ladder.places import FEED
from ladder.places import LEVELS
from ladder.places import ROOT
from ladder.stage import Stage

WITH_WORKFLOWS = [level for level in LEVELS.values() if (level / workflows.FOLDER).is_dir()]
FILES = sorted(
    path
    for folder in [ROOT, *WITH_WORKFLOWS]
    for path in (folder / workflows.FOLDER).glob("*.y*ml")
)
CHECKOUT = "actions/checkout@d23441a48e516b6c34aea4fa41551a30e30af803"
runs_act = pytest.mark.skipif(
    os.name == "nt", reason="act in host mode has not been tried on Windows"
)

SMALL = f"""
name: small
on:
  push:
  schedule: [{{cron: "0 6 * * *"}}]
  workflow_dispatch:
    inputs: {{version: {{required: true}}}}
  repository_dispatch: {{types: [breach]}}
jobs:
  first:
    runs-on: ubuntu-latest
    steps:
      - uses: {CHECKOUT}
      - name: Tell
        run: |
          mkdir -p "$FLIGHTTIME_RUNS"
          event="${{{{ github.event_name }}}}"
          echo "$event: $VERSION$WHY$CRON in $(cat thing.txt)" > "$FLIGHTTIME_RUNS/event.txt"
        env:
          VERSION: ${{{{ inputs.version }}}}
          WHY: ${{{{ github.event.client_payload.why }}}}
          CRON: ${{{{ github.event.schedule }}}}
"""
FAILING = """
name: failing
on: push
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - name: Look
        run: |
          echo "::warning file=thing.txt,line=3::be careful"
          echo "size=7" >> "$GITHUB_OUTPUT"
      - name: Judge
        run: |
          echo "the reason"
          exit 3
      - run: touch "$FLIGHTTIME_RUNS/never"
  after:
    needs: check
    runs-on: ubuntu-latest
    steps:
      - run: touch "$FLIGHTTIME_RUNS/never"
"""
SLEEPING = """
name: sleeping
on: push
jobs:
  sleep:
    runs-on: ubuntu-latest
    steps:
      - run: sleep 61
"""


def environment(home: Path) -> dict[str, str]:
    settings = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
    }
    plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # they take a second to import
    return {**os.environ, "FLIGHTTIME_FEED": str(FEED), **plugins, **settings}


@pytest.fixture
def set_up(tmp_path: Path) -> Callable[..., Stage]:
    """Make the stage of a small level with these workflows; each folder has a space in its name."""

    def set_up(*texts: str) -> Stage:
        level = tmp_path / "a level"
        (level / workflows.FOLDER).mkdir(parents=True)
        (level / "thing.txt").write_text("a thing", encoding="utf-8")
        for number, text in enumerate(texts):
            (level / workflows.FOLDER / f"{number}.yml").write_text(text, encoding="utf-8")
        # Were a person's own settings of act read, it would stumble over these.
        (tmp_path / "a home").mkdir()
        (tmp_path / "a home" / ".actrc").write_text("--no-such-option", encoding="utf-8")
        return Stage(level, tmp_path / "a stage", environment(tmp_path / "a home"))

    return set_up


def test_a_stage_keeps_where_the_tests_of_a_level_put_their_files(tmp_path: Path) -> None:
    outer = {"PYTEST_DEBUG_TEMPROOT": "a folder", "PYTEST_CURRENT_TEST": "one", "CI": "true"}

    kept = Stage(LEVELS[1], tmp_path, outer).environment

    assert {name: kept.get(name) for name in outer} == {**outer, "PYTEST_CURRENT_TEST": None}


@runs_act
@pytest.mark.slow
def test_a_push_is_tested_and_releases_the_application(tmp_path, capsys, monkeypatch):
    # All of its tests run elsewhere; here it is the workflow that is tried.
    copy = tmp_path / "a copy"
    level_files.copy(LEVELS[1], copy)
    for path in {*(copy / "tests").glob("test_*.py")} - {copy / "tests" / "test_features.py"}:
        path.unlink()
    whole = Stage(copy, tmp_path / "a stage", environment(tmp_path) | warm.ONE_THREAD)
    level_runs.start_warm(whole, monkeypatch)

    code = act.play(whole, "push")

    output = capsys.readouterr().out
    assert code == 0, output
    released = whole.state / "releases" / (whole.state / "releases" / "current").read_text("utf-8")
    version = ask(
        whole.repo,
        "import flighttime; from groundcrew import application; "
        "print(application.content_version())",
    )
    assert released.name == version
    assert (released / "flighttime" / "app.py").exists()
    assert f"application: {version}" in output


def ask(folder: Path, program: str) -> str:
    asked = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, check=True, capture_output=True, text=True
    )
    return asked.stdout.strip()


@runs_act
@pytest.mark.slow
def test_a_push_whose_tests_fail_deploys_nothing_and_says_so(tmp_path, capsys):
    copy = tmp_path / "a broken copy"
    level_files.copy(LEVELS[1], copy)
    shutil.rmtree(copy / "tests")
    (copy / "tests").mkdir()
    (copy / "tests" / "test_broken.py").write_text(
        "def test_broken():\n    assert 'the reason' == 'none'\n", "utf-8"
    )
    broken = Stage(copy, tmp_path / "a stage", environment(tmp_path))

    code = act.play(broken, "push")

    output = capsys.readouterr().out
    assert code == 1
    assert "deploy\n  not run" in output
    assert "what Test in test said:" in output
    assert "assert 'the reason' == 'none'" in output
    assert "FAILED: test" in output
    assert not (broken.state / "releases").exists()


@runs_act
@pytest.mark.parametrize(
    ("event", "inputs", "handed_over"),
    [
        ("push", [], ""),
        ("schedule", [], "0 6 * * *"),
        ("workflow_dispatch", ["version=3=three"], "3=three"),
        ("repository_dispatch", ["why=a bad week"], "a bad week"),
    ],
)
def test_an_event_hands_over_what_it_would_in_github(set_up, tmp_path, event, inputs, handed_over):
    small = set_up(SMALL)

    assert act.play(small, event, inputs=inputs) == 0

    assert (small.state / "event.txt").read_text("utf-8") == f"{event}: {handed_over} in a thing\n"
    assert [path.name for path in (tmp_path / "a home").iterdir()] == [".actrc"]


@runs_act
def test_a_failure_is_told_in_full_and_so_is_what_did_not_run(set_up, capsys):
    failing = set_up(FAILING)
    failing.state.mkdir(parents=True)

    code = act.play(failing, "push")

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert code == 1
    assert lines[1] == f"what it makes goes to {failing.state}; Ctrl-C stops it"
    outcomes = ["warning: be careful (thing.txt:3)", "size: 7"]
    output = [*outcomes, "after", "not run", "what Judge in check said:", "| the reason"]
    assert [line for line in lines if line in output] == output
    assert any(line.startswith("FAILED") and line.endswith("Judge") for line in lines)
    assert not (failing.state / "never").exists()


@runs_act
def test_a_job_for_another_system_is_skipped_and_said_so(set_up, capsys):
    small = set_up(
        """
name: systems
on: push
jobs:
  here: {runs-on: ubuntu-latest, steps: [{run: echo}]}
  there: {runs-on: windows-latest, steps: [{run: exit 1}]}
"""
    )

    code = act.play(small, "push")

    output = capsys.readouterr().out
    assert code == 0
    assert "here\n  OK" in output
    assert "there\n  skipped: no such machine here" in output


@runs_act
def test_everything_that_act_says_can_be_seen(set_up, capfd):
    assert act.play(set_up(SMALL), "push", verbose=True) == 0

    assert "Job succeeded" in capfd.readouterr().out


@runs_act
def test_an_interrupted_run_leaves_no_step_running(set_up):
    sleeping = set_up(SLEEPING)
    command = sleeping.command("push", workflows.read_all(sleeping.level))
    sleeping.prepare({})

    with (
        pytest.raises(KeyboardInterrupt),
        act_process.performing(sleeping, command) as running,
    ):
        family = wait_for_sleeper(running.pid)
        raise KeyboardInterrupt

    assert not [process for process in family if process.is_running()]


def wait_for_sleeper(pid: int) -> list[psutil.Process]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        family = psutil.Process(pid).children(recursive=True)
        if any("sleep" in process.name() for process in family):
            return family
        time.sleep(0.05)
    raise AssertionError("the step did not start")


def test_the_copy_is_fresh_and_the_state_stays(set_up):
    small = set_up(SMALL)
    small.prepare({})
    (small.repo / "left over.txt").touch()
    small.state.mkdir()

    small.prepare({})

    assert sorted(path.name for path in small.repo.iterdir()) == [".git", ".github", "thing.txt"]
    assert small.state.exists()


@pytest.mark.parametrize("level", WITH_WORKFLOWS, ids=lambda level: level.name)
def test_every_action_of_every_level_has_its_stand_in(level, tmp_path):
    known = Stage(level, tmp_path, environment(tmp_path))

    for workflow in workflows.read_all(level):
        for event in workflow.events:
            assert known.command(event, [workflow])


@pytest.mark.parametrize(
    "look",
    [
        ["zizmor", "--offline", "--no-progress"],
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows"],
    ],
    ids=["zizmor", "schema"],
)
def test_every_workflow_is_safe_and_valid(look):
    looked = subprocess.run(
        [*level_runs.linter(look[0]), *look[1:], *map(str, FILES)],
        env=level_runs.warmly(),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )

    assert looked.returncode == 0, looked.stdout + looked.stderr


@pytest.mark.parametrize(
    ("event", "options", "reason"),
    [
        (
            "pull_request",
            {},
            "no workflow here runs on 'pull_request'; "
            "they run on push, schedule, workflow_dispatch",
        ),
        ("push", {"asked": "other.yml"}, "there is no workflow other.yml; this level has: 0.yml"),
        (
            "push",
            {"inputs": ["version=3"]},
            "push takes no --input; workflow_dispatch and repository_dispatch do",
        ),
        ("workflow_dispatch", {}, "needs an input: add --input version=VALUE"),
        ("workflow_dispatch", {"inputs": ["version"]}, "--input version is not NAME=VALUE"),
        ("workflow_dispatch", {"inputs": ["x=1"]}, "has no input x; it has: version"),
    ],
)
def test_what_github_would_not_run_is_refused_with_what_it_would(set_up, event, options, reason):
    with pytest.raises(LadderError) as refusal:
        act.play(set_up(SMALL), event, **options)

    assert reason in str(refusal.value)


def test_a_person_starts_one_workflow_at_a_time(set_up):
    with pytest.raises(LadderError, match="add --workflow 0.yml or --workflow 1.yml"):
        act.play(set_up(SMALL, SMALL), "workflow_dispatch", inputs=["version=3"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            SMALL.replace(CHECKOUT, "acme/fly@v1"),
            r"uses acme/fly, .* write a stub in .*action.yml",
        ),
        (
            SMALL.replace("    runs-on", "    services: {db: {image: db}}\n    runs-on"),
            "first of 0.yml has services",
        ),
        ("jobs: [", "0.yml cannot be read as YAML .*: mend it there"),
        ("on: push", "0.yml is not a workflow: it needs at least the keys on and jobs"),
    ],
    ids=["unknown action", "services", "no YAML", "no workflow"],
)
def test_what_cannot_run_truly_here_is_refused(set_up, text, reason):
    with pytest.raises(LadderError, match=reason):
        act.play(set_up(text), "push")


def test_without_act_the_remedy_is_named(set_up, monkeypatch):
    monkeypatch.setattr(stage.shutil, "which", lambda *_, **__: None)

    with pytest.raises(LadderError, match="act is not installed here; `python3 ladder.py doctor`"):
        act.play(set_up(SMALL), "push")


@pytest.mark.parametrize("level", ["0", "9"])
def test_a_level_without_workflows_is_refused_with_those_that_have(level, capsys):
    assert main(["act", level, "push"]) == 2

    assert f"level {level} has no workflows; these have: 1" in capsys.readouterr().err


def test_a_workflow_without_a_day_runs_on_the_simulated_one(monkeypatch):
    monkeypatch.delenv("FLIGHTTIME_TODAY", raising=False)
    stages = []
    monkeypatch.setattr(act, "play", lambda stage, *_, **__: stages.append(stage) or 0)

    assert main(["act", "2", "workflow_dispatch"]) == 0
    monkeypatch.setenv("FLIGHTTIME_TODAY", "2013-05-01")
    assert main(["act", "2", "workflow_dispatch"]) == 0

    days = [stage.environment["FLIGHTTIME_TODAY"] for stage in stages]
    assert days == ["2013-03-01", "2013-05-01"]


APPROVED = """
name: approved
on: push
jobs:
  before:
    runs-on: ubuntu-latest
    steps:
      - run: touch "$FLIGHTTIME_RUNS/tried"
  after:
    needs: before
    environment: production
    runs-on: ubuntu-latest
    steps:
      - name: Release
        run: touch "$FLIGHTTIME_RUNS/released"
"""


@runs_act
@pytest.mark.parametrize("approves", [True, False])
@pytest.mark.parametrize("verbose", [False, True], ids=["story", "verbose"])
def test_a_job_waits_for_a_person_where_github_would(set_up, capfd, approves, verbose):
    approved = set_up(APPROVED)
    approved.state.mkdir(parents=True)
    asked = []

    def ask(environment: str) -> bool:
        # What comes before has been done, and nothing that comes after.
        asked.append((environment, [path.name for path in approved.state.iterdir()]))
        return approves

    code = act.play(approved, "push", ask=ask, verbose=verbose)

    assert asked == [("production", ["tried"])]
    assert code == (0 if approves else 1)
    assert (approved.state / "released").exists() == approves
    assert (
        "approved for production" if approves else "not approved for production"
    ) in capfd.readouterr().out


def test_where_nobody_sits_nobody_approves(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", open(os.devnull, encoding="utf-8"))

    assert not approval.of_terminal("production")

    assert "there is no terminal to ask in: denied" in capsys.readouterr().out


SUMMED_UP = """
name: summed up
on: push
jobs:
  judge:
    runs-on: ubuntu-latest
    steps:
      - name: Judge
        run: |
          printf '# REJECT\\n\\n| check | number |\\n|---|---|\\n' >> "$GITHUB_STEP_SUMMARY"
          printf '| error | 9 |\\n\\n' >> "$GITHUB_STEP_SUMMARY"
          printf '```mermaid\\nbar [9]\\n```\\n' >> "$GITHUB_STEP_SUMMARY"
"""


@runs_act
def test_the_summary_of_a_job_is_part_of_the_story(set_up, capsys):
    assert act.play(set_up(SUMMED_UP), "push") == 0

    output = capsys.readouterr().out
    assert "# REJECT" in output
    assert "| error | 9 |" in output
    assert "a drawing that GitHub shows" in output
    assert "bar [9]" not in output


@runs_act
def test_the_output_of_a_step_that_fails_at_once_is_not_lost(tmp_path):
    path = step_shell.install(tmp_path / "bin", os.environ["PATH"])

    began = time.monotonic()
    done = subprocess.run(
        ["bash", "-c", 'echo "$1"; exit 3', "_", "two words"],
        env={"PATH": path},
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (3, "two words\n")
    assert time.monotonic() - began >= step_shell.SECONDS_AFTER_FAILURE
    assert shutil.which("bash", path=path) == f"{tmp_path / 'bin' / 'bash'}"
    assert subprocess.run(["bash", "-c", "exit 0"], env={"PATH": path}).returncode == 0
