"""The parts of the climb: refusals, what is remembered, merging, exercises, and the words."""

import dataclasses
import re
import subprocess
import sys
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from climber import Climber
from climber import SmallSuite
from climber import begun
from climber import changed
from climber import climber as climber
from climber import git
from climber import small as small
from climber import tree

from ladder import conformance
from ladder.alone import try_lock
from ladder.climbing import check
from ladder.climbing import exercises
from ladder.climbing import levels
from ladder.climbing import memory
from ladder.climbing import merging
from ladder.climbing import repository
from ladder.climbing import say
from ladder.climbing import standing
from ladder.climbing import start
from ladder.climbing import suite
from ladder.climbing import trial
from ladder.climbing import watch
from ladder.climbing.suite import Result
from ladder.climbing.suite import Statement
from ladder.errors import LadderError
from ladder.places import LEVELS
from ladder.places import ROOT

REAL_STATEMENTS, REAL_RESULTS = suite.statements, suite.results


@pytest.mark.parametrize("level", LEVELS)
def test_a_start_is_the_level_committed_with_nothing_of_the_ladder_in_it(
    level: int, climber: Climber
) -> None:
    folder = begun(climber, level).folder

    found = tree(folder)
    assert found.pop(".gitignore").decode() == levels.IGNORE
    assert found == {path: data for path, data in levels.content(level).items() if path in found}
    assert len(found) == len(levels.content(level)) - 1
    assert git(folder, "status", "--porcelain", "--ignored") == ""
    assert git(folder, "log", "--format=%an %s") == f"attendee Start at {levels.title(level)}"
    assert not [path for path in folder.iterdir() if "ladder" in path.name.lower()]


def test_an_environment_in_the_folder_is_neither_committed_nor_looked_at(climber: Climber) -> None:
    folder = begun(climber, 1).folder
    for name in (".venv", "venv", "flights.egg-info", ".ruff_cache", "__pycache__", ".runs"):
        (folder / name).mkdir()
        (folder / name / "made.py").write_text("")
    files = standing.content(repository.require(folder))
    (folder / "mine.py").write_text("")

    climber.type("ladder climb")

    assert [path for path in files if path.endswith("made.py")] == []
    assert set(tree(folder)) == {*levels.content(2), "mine.py"}


def test_a_start_needs_a_folder_that_holds_nothing(climber: Climber, tmp_path: Path) -> None:
    begun(climber, 0)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    climber.folder = tmp_path

    assert "full is not empty: name a folder that does not exist yet" in climber.type(
        "ladder start full"
    )
    said = climber.type("ladder start 'my flights'")
    assert f"go on with `ladder check '{tmp_path / 'my flights'}'`" in said
    assert "is inside the ladder's own folder" in climber.type(f"ladder start '{ROOT / 'mine'}'")
    assert not (ROOT / "mine").exists()
    (tmp_path / "empty").mkdir()
    assert "next: cd empty" in climber.type("ladder start empty")


def test_a_name_that_the_attendee_has_told_git_is_used(climber: Climber, tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text("[user]\nname = Kim\nemail = kim@example.org\n")

    folder = begun(climber, 0).folder

    assert git(folder, "log", "--format=%an %ae") == "Kim kim@example.org"


@pytest.mark.parametrize("command", ["climb", "hint", "diff", "exercise", "progress", "reset"])
def test_outside_a_climb_a_command_says_how_to_begin_one(command: str, climber: Climber) -> None:
    assert "make one with `ladder start DIR`" in climber.type(f"ladder {command}")


def test_what_held_is_checked_again_only_if_a_file_changed_that_it_reads(
    climber: Climber, small: SmallSuite
) -> None:
    folder = begun(climber, 1).folder
    climber.type("ladder check")
    first, small.run = small.run, []
    (folder / "README.md").write_text("mine")
    (folder / "lab.ipynb").write_text("mine")
    (folder / "tests" / "test_mine.py").write_text("")
    climber.type("ladder check")
    untouched, small.run = small.run, []
    (folder / "flighttime" / "mine.py").write_text("")
    climber.type("ladder check")

    assert first == ["module.0", "module.1", "module.2"]
    assert untouched == []
    assert small.run == first
    assert "2 of 2\n" in climber.type("ladder progress")


def test_at_level_0_the_notebook_is_the_training_so_an_edit_of_it_is_checked_again(
    climber: Climber, small: SmallSuite
) -> None:
    folder = begun(climber, 0).folder
    climber.type("ladder check")
    small.run = []
    (folder / "explore.ipynb").write_text("{")

    said = climber.type("ladder check")

    assert small.run == ["module.0", "module.1"] and "held before" not in said


def a_suite(monkeypatch: pytest.MonkeyPatch, passed: dict[str, bool | None]) -> None:
    """A suite with these results, and True for the others."""
    found = "the check failed:\nTraceback (most recent call last):\n  line 1\nKeyError: 'minutes'"
    words = (found, "", "python -m flighttime.train", "a module", "repair it", "train.py")

    def results(_: Path, asked: Iterable[Statement]) -> Iterator[Result]:
        yield from (Result(one.id, passed.get(one.id, True), *words) for one in asked)

    monkeypatch.setattr(suite, "results", results)


def test_a_check_that_fails_itself_leaves_open_whether_the_level_is_reached(
    climber: Climber, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(climber, 1)
    a_suite(monkeypatch, {"module.0": None})

    said = climber.type("ladder check")

    assert "REACHED" not in said and climber.code == 1
    assert "our check failed, please report it: KeyError: 'minutes'" in said
    assert "NOT KNOWN: 1 statement could not be checked" in said
    assert "next: ladder hint\nor:   ladder reset --level 1\nor:   ladder climb\n" in said
    assert "our check of headline failed" in climber.type("ladder hint")
    a_suite(monkeypatch, {"module.2": None})
    assert "REACHED  Level 1" in climber.type("ladder check")
    assert climber.code == 0 and "is not so here" not in climber.said


def test_what_the_next_level_asks_for_is_not_missing_where_one_has_it_already(
    climber: Climber, small: SmallSuite
) -> None:
    folder = begun(climber, 1).folder
    assert "asks for first, and is not so here" in climber.type("ladder check")
    (folder / "flighttime" / "pipeline.py").write_text("")

    first = climber.type("ladder check")
    small.run = []
    again = climber.type("ladder check")

    for said in (first, again):
        assert "REACHED  Level 1" in said and "is not so here" not in said
    assert small.run == []


def test_settings_depend_on_their_own_files_and_tests_on_all(climber: Climber) -> None:
    folder = begun(climber, 2).folder
    found = repository.require(folder)
    code, (settings, tests) = (
        standing.content(found),
        (
            suite.statements()[2]._replace(**change)
            for change in ({"status": "settings"}, {"row": "application: tests of the code"})
        ),
    )
    (folder / "flighttime" / "train.py").write_text("")
    (folder / "tests" / "test_app.py").write_text("")
    changed = standing.content(found)

    assert standing.depends(settings, code) == standing.depends(settings, changed)
    assert standing.depends(tests, code) != standing.depends(tests, changed)
    (folder / ".github" / "CODEOWNERS").write_text("")
    assert standing.depends(settings, code) != standing.depends(settings, standing.content(found))


def test_the_suite_judges_an_attendees_own_files(
    climber: Climber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real suite, with the statement about the owners of files, which is quick."""
    owners = [one for one in REAL_STATEMENTS() if one.status == "settings" and one.level == 2]
    monkeypatch.setattr(suite, "statements", lambda: owners[:1])
    monkeypatch.setattr(suite, "results", REAL_RESULTS)
    folder = begun(climber, 2).folder

    held = climber.type("ladder check")
    (folder / ".github" / "CODEOWNERS").write_text("")
    broken = climber.type("ladder check")

    assert "REACHED  Level 2" in held
    assert "NOT YET" in broken and owners[0].says.split()[0] in broken
    assert "next: ladder hint\nor:   ladder reset --level 2\nor:   ladder climb\n" in broken


def test_every_statement_of_the_suite_can_be_asked_of_a_climb() -> None:
    ids = {one.id for one in conformance.statements()}
    asked = REAL_STATEMENTS()

    assert {one.id for one in asked} <= ids
    assert {one.level for one in asked} == set(LEVELS)


def test_a_watch_looks_again_when_a_file_changes(
    climber: Climber, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    folder = begun(climber, 1).folder
    found, looks = repository.require(folder), []

    def look(_: object) -> int:
        looks.append(1)
        if len(looks) == 3:
            raise KeyboardInterrupt
        return 0

    def edit(_: float) -> None:
        (folder / "flighttime" / f"mine{len(looks)}.py").write_text("")

    monkeypatch.setattr(check, "look", look)
    monkeypatch.setattr(watch.time, "sleep", edit)
    with pytest.raises(KeyboardInterrupt):
        check.main(found, watch=True)

    assert len(looks) == 3


def test_one_command_at_a_time_changes_the_memory(
    climber: Climber, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = begun(climber, 1).folder
    monkeypatch.setattr(memory, "MAX_WAIT", 0.1)

    with (folder / ".git" / "ladder" / "lock").open("ab") as file:
        assert try_lock(file)
        said = climber.type("ladder climb")

    assert "another `ladder` command is at work in this repository" in said
    assert tree(folder) == levels.content(1)


def test_a_climb_that_was_killed_half_way_is_taken_again(
    climber: Climber, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = begun(climber, 2).folder
    write_bytes = Path.write_bytes

    def killed(path: Path, data: bytes) -> int:
        if path.name == "smoke.py":
            raise KeyboardInterrupt
        return write_bytes(path, data)

    with monkeypatch.context() as patch, pytest.raises(AssertionError):
        patch.setattr(Path, "write_bytes", killed)
        climber.type("ladder climb")
    assert git(folder, "status", "--porcelain") != ""
    climber.type("ladder climb")

    assert tree(folder) == levels.content(3)
    assert "My edits" not in git(folder, "log", "--format=%s")


CASES = [
    # base, yours, theirs: the content, words of the note, and conflicts
    (b"a\n", b"a\n", b"b\n", b"b\n", "taken", 0),
    (None, None, b"b\n", b"b\n", "new", 0),
    (b"a\n", None, b"b\n", b"b\n", "is back", 0),
    (b"a\nb\nc\nd\ne\n", b"A\nb\nc\nd\ne\n", b"a\nb\nc\nd\nE\n", b"A\nb\nc\nd\nE\n", "merged", 0),
    (b"a\nb\n", b"a\r\nb\r\n", b"a\nc\n", b"a\nc\n", "taken", 0),
    (b"\0a", b"\0b", b"\0c", b"\0c", "kept beside", 0),
]


@pytest.mark.parametrize(("base", "yours", "theirs", "content", "note", "conflicts"), CASES)
def test_a_file_is_merged_with_ones_own_edits(
    base: bytes | None,
    yours: bytes | None,
    theirs: bytes,
    content: bytes,
    note: str,
    conflicts: int,
) -> None:
    merged = merging.merge("file.py", base, yours, theirs, "Level 2")

    assert merged is not None
    assert (merged.content, merged.conflicts) == (content, conflicts)
    assert note in merged.note


def test_nothing_is_done_where_both_are_the_same_or_only_you_have_edited() -> None:
    assert merging.merge("file.py", b"a\n", b"b\n", b"b\n", "Level 2") is None
    assert merging.merge("file.py", b"a\n", b"b\n", b"a\n", "Level 2") is None


def test_open_conflicts_are_found_whole_or_half() -> None:
    merged = merging.merge("file.py", b"a\n", b"mine\n", b"theirs\n", "Level 2")
    assert merged is not None and merged.conflicts == 1

    (place,) = merging.conflicts(merged.content)

    assert (place.line, place.yours, place.theirs) == (1, "mine\n", "theirs\n")
    assert merging.is_open(merged.content)
    assert merging.is_open(merged.content.replace(b"<<<<<<< yours\n", b""))
    assert not merging.is_open(b"a = 1 << 3\n=======\n")


def test_an_exercise_keeps_other_edits_and_its_solution_keeps_the_attempt(
    climber: Climber,
) -> None:
    folder = begun(climber, 1).folder
    features = folder / "flighttime" / "features.py"
    features.write_text(features.read_text() + "\n\nMINE = 1\n")
    climber.type("ladder exercise local_time")
    starter = features.read_text()
    features.write_text(starter.replace("arrival - departure", "departure - arrival"))

    said = climber.type("ladder exercise local_time --solution")

    assert "MINE = 1" in starter and exercises.MARK in starter
    expected = levels.content(1)["flighttime/features.py"].decode() + "\n\nMINE = 1\n"
    assert features.read_text() == expected
    assert "departure - arrival" in git(folder, "show", "HEAD~1:flighttime/features.py")
    assert "next: ladder exercise one_definition" in said
    assert "exercises: 1 of 5, 1 by their solution" in climber.type("ladder progress")


def test_an_exercise_that_was_solved_is_committed_and_the_next_one_named(
    climber: Climber,
) -> None:
    folder = begun(climber, 3).folder
    climber.type("ladder exercise same_arm")
    assert "not yet: it is not solved" in climber.type("ladder check")
    split = levels.content(3)["flighttime/split.py"]
    (folder / "flighttime" / "split.py").write_bytes(split)

    said = climber.type("ladder check")

    assert "same_arm (Level 3): solved, and committed" in said
    assert "next: ladder exercise forgotten_slice\nor:   ladder climb\n" in said
    assert git(folder, "log", "-1", "--format=%s") == "Solve the exercise same_arm"


REFUSALS = [
    ("exercise nonsense", "there is no exercise nonsense: `ladder exercise` lists them"),
    ("exercise which_data", "which_data is an exercise of Level 2, and you are at Level 1: climb"),
    ("exercise local_time --solution", "local_time is not open"),
    ("diff 1", "give two different levels from 0 to 4, such as 1 2"),
    ("diff 1 2 nonsense", "this step changes no such file"),
    ("climb nonsense", "the next level changes no such file"),
    ("climb ''", "'' is no file of the next level"),
    ("climb --undo features.py", "--undo takes all of the last step back"),
    ("climb --undo", "no step was taken yet: there is nothing to take back"),
    ("hint", "there is nothing to give a hint about: `ladder check` looks for it"),
]


@pytest.mark.parametrize(("command", "reason"), REFUSALS)
def test_a_refusal_says_what_to_do(command: str, reason: str, climber: Climber) -> None:
    begun(climber, 1)

    said = climber.type(f"ladder {command}")

    assert said.startswith("ladder: ") and reason in said and said.count("\n") == 1


def test_while_an_exercise_is_open_nothing_else_begins(climber: Climber) -> None:
    folder = begun(climber, 1).folder
    features = folder / "flighttime" / "features.py"
    features.write_text(features.read_text().replace("arrival_utc - ", "arrival_utc -  "))
    assert "touch the lines of this exercise" in climber.type("ladder exercise local_time")
    climber.type("ladder exercise one_definition")

    for command in ("climb", "exercise not_yet_known"):
        assert "the exercise one_definition is open: first" in climber.type(f"ladder {command}")


def test_a_solution_that_no_longer_matches_its_level_is_an_error() -> None:
    exercise = exercises.named("local_time")
    part = dataclasses.replace(exercise.parts[0], solution="no such text")

    with pytest.raises(LadderError, match="is 0 times in flighttime/features.py, not once"):
        exercises.of_level(dataclasses.replace(exercise, parts=(part,)))


def test_exercises_are_three_to_five_a_level_in_an_order_with_a_check_each() -> None:
    every = exercises.read_all()

    assert every[-1].name == "better_feature"  # the closing chapter, after those of the last level
    for level in range(1, 5):
        own = [exercise for exercise in every[:-1] if exercise.level == level]
        assert 3 <= len(own) <= 5
        assert len({exercise.place for exercise in own}) == len(own)
    checks = {path.stem for path in exercises.FOLDER.glob("*.py")} - {"__init__"}
    assert checks == {exercise.name for exercise in every}
    for exercise in every:
        starters = [part.starter for part in exercise.parts]
        assert exercises.MARK in "".join(starters), exercise.name


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import flighttime.broken", "flighttime/broken.py, line 2: ZeroDivisionError: division"),
        ("import flighttime.syntax", "flighttime/syntax.py, line 1: "),
        ("assert False, 'two is not one'", "two is not one"),
        ("import os; os._exit(3)", "the check did not come to its end: without a word"),
        ("print('anything')", ""),
    ],
)
def test_a_check_says_what_is_wrong_without_a_traceback(
    code: str, said: str, tmp_path: Path
) -> None:
    folder = tmp_path / "my flights"
    start.write(
        folder,
        {
            "flighttime/__init__.py": b"",
            "flighttime/broken.py": b"\nx = 1 / 0\n",
            "flighttime/syntax.py": b"def (\n",
            "check.py": f"def check():\n    {code}\n".encode(),
        },
    )

    wrong = trial.wrong(folder / "check.py", folder)

    assert wrong.startswith(said) and (said != "" or wrong == "")
    assert "\n" not in wrong


def test_a_check_that_never_ends_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "check.py").write_text("def check():\n    while True:\n        pass\n")
    monkeypatch.setattr(trial, "MAX_SECONDS", 1)

    assert "it was stopped after 1 seconds" in trial.wrong(tmp_path / "check.py", tmp_path)


def test_a_step_is_read_file_by_file_with_reasons_and_notebooks_as_text(climber: Climber) -> None:
    begun(climber, 2)

    said = climber.type("ladder diff")

    assert said.startswith("Level 2: automated training -> Level 3: automated model deployment\n")
    why = "compares champion and challenger on the same new flights, and keeps a certificate"
    assert re.search(rf"======== flighttime/gate.py  \+\d+\n  {why} \[promotion]\n", said)
    notebook = said.partition("======== lab.ipynb")[2].partition("\n========")[0]
    assert "[markdown]" in notebook and '"cell_type"' not in notebook
    assert said.endswith(f"{len(changed(2, 3))} files\nnext: ladder climb\n")
    modules = [path for path in changed(3, 4) if path.startswith("flighttime/")]
    assert climber.type("ladder diff 3 4 flighttime").count("\n======== ") == len(modules)


def test_a_file_that_the_next_level_replaces_is_shown_and_not_to_be_taken(climber: Climber) -> None:
    begun(climber, 0)

    said = climber.type("ladder diff score.py")

    assert "-def predict(model, flights_raw, planes, airports):\n" in said
    assert said.endswith("\n1 file\nnext: ladder climb\n")


@pytest.mark.parametrize(
    ("system", "shell", "word", "typed"),
    [
        ("posix", {}, "my flights", "'my flights'"),
        ("posix", {}, "flights", "flights"),
        ("nt", {}, "my flights", '"my flights"'),
        ("nt", {}, "C:\\flights", "C:\\flights"),
        ("nt", {"MSYSTEM": "MINGW64"}, "C:\\flights", "'C:\\flights'"),
    ],
)
def test_a_folder_is_quoted_for_the_shell_in_use(
    system: str, shell: dict, word: str, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(say, "os", SimpleNamespace(name=system, environ=shell))

    assert say.quoted(word) == typed


def test_without_an_activated_environment_a_command_has_its_path_and_start_says_how_to_activate(
    climber: Climber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VIRTUAL_ENV")

    begun(climber, 0)

    first, second, third = climber.said.splitlines()[-3:]
    assert first == f"next: {start.activation()}" and ".venv" in first
    assert (second, third) == ("next: cd 'my flights'", "next: ladder check")
    assert say.command("check") == say.typed(str(Path(sys.executable).with_name("ladder")), "check")


def test_a_folder_that_a_step_has_emptied_is_removed(climber: Climber) -> None:
    folder = begun(climber, 0).folder
    climber.type("ladder climb")
    assert not (folder / "handoff").exists()

    climber.folder = folder / "flighttime"
    climber.type("ladder reset --level 0")

    assert (folder / "handoff" / "LETTER.md").exists()
    assert sorted(path.name for path in (folder / "flighttime").iterdir()) == []
    assert not (folder / "tests").exists()


def test_a_hint_is_about_the_last_check_only(climber: Climber) -> None:
    folder = begun(climber, 1).folder
    (folder / "flighttime" / "train.py").write_text("BROKEN = True\n")
    climber.type("ladder check")
    assert "headline (Level 1): what Level 1 promises" in climber.type("ladder hint")

    climber.type("ladder reset")

    assert "nothing to give a hint about" in climber.type("ladder hint")


def test_a_repository_that_is_no_climb_is_left_alone_whatever_git_says_of_it(
    climber: Climber, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(climber, 0)
    (tmp_path / "other" / ".git").mkdir(parents=True)

    assert repository.find(tmp_path / "other") is None
    monkeypatch.setattr(repository, "git", refusing)
    with pytest.raises(LadderError, match="git refused in .*: detected dubious ownership"):
        repository.find(climber.folder)


def refusing(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    words = b"fatal: detected dubious ownership in repository"
    return subprocess.CompletedProcess(["git"], 128, b"", words)


def test_a_step_to_what_one_has_already_is_taken_back_without_touching_a_commit(
    climber: Climber,
) -> None:
    folder = begun(climber, 2).folder
    path = "flighttime/verdict.py"
    (folder / path).write_bytes(levels.content(3)[path])
    said = climber.type(f"ladder climb {path}")
    assert "your files were so already; `ladder climb --undo` takes it back" in said
    assert "between" in said and "on the way" in climber.type("ladder check")
    mine = git(folder, "rev-parse", "HEAD")

    climber.type("ladder climb --undo")

    assert git(folder, "rev-parse", "HEAD") == mine
    assert (folder / path).exists() and "REACHED  Level 2" in climber.type("ladder check")
    assert "there is nothing to take back" in climber.type("ladder climb --undo")


def test_a_reset_that_changes_nothing_takes_no_start_back(climber: Climber) -> None:
    folder = begun(climber, 1).folder
    climber.type("ladder reset")

    said = climber.type("ladder climb --undo")

    assert "taken back: you are at Level 1" in said
    assert tree(folder) == levels.content(1)


def test_a_step_whose_conflicts_a_person_has_committed_is_taken_back_whole(
    climber: Climber,
) -> None:
    folder = begun(climber, 1).folder
    ingest = folder / "flighttime" / "ingest.py"
    ingest.write_text(ingest.read_text().replace('"flights", key=KEY', '"departures", key=KEY'))
    climber.type("ladder climb")
    mine = git(folder, "rev-parse", "HEAD^{tree}")
    ingest.write_bytes(levels.content(2)["flighttime/ingest.py"])
    for part in ("flighttime/ingest.py", "."):
        git(folder, "add", "--all", part)
        git(folder, "commit", "--quiet", "-m", "Settle it")
    climber.type("ladder climb")

    said = climber.type("ladder climb --undo")

    assert "taken back: you are at Level 1" in said
    assert git(folder, "rev-parse", "HEAD^{tree}") == mine


def test_each_step_that_is_given_up_stays_on_a_branch_of_its_own(climber: Climber) -> None:
    folder = begun(climber, 1).folder
    ingest = folder / "flighttime" / "ingest.py"
    ingest.write_text(ingest.read_text().replace('"flights", key=KEY', '"departures", key=KEY'))
    for number in (1, 2):
        climber.type("ladder climb")
        (folder / "mine.txt").write_text(f"{number}")
        assert f"on the branch before-undo-{number}" in climber.type("ladder climb --undo")

    kept = [git(folder, "show", f"before-undo-{number}:mine.txt") for number in (1, 2)]
    assert kept == ["1", "2"]


def test_on_no_branch_no_step_is_taken(climber: Climber) -> None:
    folder = begun(climber, 1).folder
    git(folder, "checkout", "--quiet", "--detach")
    before = git(folder, "rev-parse", "HEAD")

    said = climber.type("ladder climb")

    assert (climber.code, said.count("\n")) == (2, 1)
    assert "on no branch" in said and "git switch main" in said
    assert git(folder, "rev-parse", "HEAD") == before
    git(folder, "switch", "--quiet", "main")
    assert "committed" in climber.type("ladder climb")


def test_a_reset_ends_a_rebase_and_finds_its_way_from_nowhere(climber: Climber) -> None:
    folder = begun(climber, 1).folder
    climber.type("ladder climb")
    main = git(folder, "rev-parse", "main")
    git(folder, "checkout", "--quiet", "HEAD~1")
    (folder / ".git" / "index.lock").touch()
    (folder / "mine.txt").write_text("mine")

    said = climber.type("ladder reset --level 3")

    assert git(folder, "branch", "--show-current") == "main"
    assert git(folder, "rev-parse", "before-reset-2") == main
    assert "what main had is on the branch before-reset-2" in said
    assert tree(folder) == levels.content(3)
    assert git(folder, "show", "before-reset-1:mine.txt") == "mine"
    assert "REACHED  Level 3" in climber.type("ladder check")
