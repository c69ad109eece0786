"""The climb: three attendees who do only what the messages say, and every exercise."""

from collections import ChainMap
from pathlib import Path

import pytest
from climber import Climber
from climber import begun
from climber import changed
from climber import climber as climber
from climber import git
from climber import small as small
from climber import tree

from ladder import warm
from ladder.climbing import exercises
from ladder.climbing import levels
from ladder.climbing import start
from ladder.climbing import trial

TAKEN = "flighttime/verdict.py"
NAMES = [exercise.name for exercise in exercises.read_all()]


def test_the_climb_goes_from_the_first_level_to_the_last_by_what_the_messages_say(
    climber: Climber,
) -> None:
    climber.type("ladder start 'my flights'")
    for line in climber.choices():
        climber.type(line)

    climber.follow(lambda said: "you have climbed all of it" in said, limit=200)
    assert "REACHED  Level 4" in climber.said
    climber.follow(lambda said: "next: ladder progress" in said, limit=40)

    solutions = [line for line in climber.typed if line.endswith("--solution")]
    assert len(solutions) == len(NAMES)
    assert climber.typed.count("ladder climb") == levels.LAST
    added = [one.added for one in exercises.read_all()]
    assert tree(climber.folder) == {**levels.content(4), **ChainMap(*added)}


def edit(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {path}"
    (folder / path).write_text(text.replace(old, new), encoding="utf-8")


def test_edits_of_ones_own_are_merged_and_where_both_changed_a_line_one_is_told_how(
    climber: Climber,
) -> None:
    folder = begun(climber, 1).folder
    edit(folder, "flighttime/train.py", 'f"mean error {', 'f"mean absolute error {')
    edit(folder, "flighttime/ingest.py", '"flights", key=KEY', '"departures", key=KEY')
    (folder / "notes.md").write_text("mine")
    edit(folder, "lab.ipynb", '"nbformat": 4', '"mine": 1, "nbformat": 4')
    climber.type("ladder check")
    climber.follow(lambda said: "changed the same lines" in said)

    assert "flighttime/ingest.py, line 29: you and Level 2 changed the same lines" in climber.said
    assert "flighttime/train.py: merged with your edits" in climber.said
    assert '    | TABLE = tables.Table("departures", key=KEY)' in climber.said
    assert climber.type("ladder check").endswith("or:   ladder climb --undo\n")
    text = (folder / "flighttime" / "ingest.py").read_text()
    before, _, rest = text.partition("<<<<<<< yours\n")
    after = rest.partition(">>>>>>> Level 2\n")[2]
    solved = 'TABLE = tables.VersionedTable("departures", key=KEY)\n'
    (folder / "flighttime" / "ingest.py").write_text(f"{before}{solved}{after}")
    climber.follow(lambda said: "REACHED  Level 2" in said)

    expected = dict(levels.content(2))
    for path, old, new in (
        ("flighttime/train.py", b'f"mean error {', b'f"mean absolute error {'),
        ("flighttime/ingest.py", b'Table("flights"', b'Table("departures"'),
    ):
        expected[path] = expected[path].replace(old, new)
    found = tree(folder)
    assert {path: found[path] for path in expected} == expected
    assert set(found) - set(expected) == {"notes.md", "lab.mine-level1.ipynb"}
    assert b'"mine": 1' in found["lab.mine-level1.ipynb"]
    subjects = git(folder, "log", "--format=%s").splitlines()
    assert subjects[0] == "Climb to Level 2: automated training"
    assert subjects.count("My edits") == 1


def test_a_step_can_be_taken_back_with_or_without_conflicts(climber: Climber) -> None:
    folder = begun(climber, 1).folder
    edit(folder, "flighttime/ingest.py", '"flights", key=KEY', '"departures", key=KEY')
    climber.type("ladder climb")
    mine = git(folder, "rev-parse", "HEAD^{tree}")

    said = climber.type("ladder climb --undo")

    assert "taken back" in said and git(folder, "status", "--porcelain") == ""
    assert git(folder, "rev-parse", "HEAD^{tree}") == mine
    edit(folder, "flighttime/ingest.py", '"departures", key=KEY', '"flights", key=KEY')
    climber.type("ladder climb")
    assert "you are at Level 1" in climber.type("ladder climb --undo")
    assert tree(folder) == levels.content(1)
    climber.type("ladder climb")
    git(folder, "reset", "--hard", "HEAD~1")
    assert "Level 1: DevOps" in climber.type("ladder check")
    assert tree(folder) == levels.content(1)


def test_a_step_can_be_taken_file_by_file(climber: Climber) -> None:
    folder = begun(climber, 2).folder
    climber.type(f"ladder climb {TAKEN} .github")

    left = [path for path in changed(2, 3) if not path.startswith((".github/", TAKEN))]
    assert f"{len(left)} files left to take" in climber.type("ladder check")
    assert "flighttime/verdict.py" not in climber.said
    assert "changes no such file" in climber.type("ladder climb flighttime/model.py")
    assert "= flighttime/verdict.py" not in climber.type("ladder diff")
    assert "= flighttime/gate.py" in climber.said
    climber.type("ladder climb")
    assert tree(folder) == levels.content(3)


BREAKS = [
    (0, lambda folder: (folder / "README.md").unlink()),
    (1, lambda folder: (folder / "flighttime" / "train.py").write_text("def (")),
    (2, lambda folder: [file.unlink() for file in (folder / "flighttime").glob("*.py")]),
    (3, lambda folder: (folder / "flighttime" / "verdict.py").write_text("BROKEN = True\n")),
    (4, lambda folder: (folder / ".git" / "ladder" / "climb.json").write_text("{")),
]


def test_who_breaks_something_at_each_level_goes_on_after_a_reset(climber: Climber) -> None:
    folder = begun(climber, 0).folder
    for level, break_it in BREAKS:
        climber.type("ladder check")
        assert f"REACHED  Level {level}" in climber.said
        break_it(folder)
        (folder / "mine.txt").write_text(f"of Level {level}")
        git(folder, "add", "--all")
        broken = git(folder, "write-tree")
        climber.type("ladder check")
        if "N from 0 to 4" in climber.said or "--level N" in climber.said:
            climber.type(f"ladder reset --level {level}")
        climber.follow(lambda said: "what you had is on the branch" in said)

        assert tree(folder) == levels.content(level)
        kept = git(folder, "rev-parse", f"before-reset-{level + 1}^{{tree}}")
        assert kept == broken
        if level < levels.LAST:
            climber.type("ladder climb")
    climber.type("ladder check")
    assert "REACHED  Level 4" in climber.said


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_fails_unsolved_passes_solved_and_has_a_hint(
    name: str, starter: warm.Starter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "PYTHON", starter.python)
    exercise = exercises.named(name)
    start.write(tmp_path, exercises.solution(exercise))

    solved = trial.wrong(exercise.check, tmp_path)
    start.write(tmp_path, exercises.of_level(exercise))
    unsolved = trial.wrong(exercise.check, tmp_path)

    assert solved == ""
    assert unsolved and "did not come to its end" not in unsolved and "Error:" not in unsolved
    assert exercise.hint and exercise.task and exercise.idea and 5 <= exercise.minutes <= 15
    answers = [part.solution.strip() for part in exercise.parts]
    assert not any(answer in f"{unsolved} {exercise.hint} {exercise.task}" for answer in answers)
