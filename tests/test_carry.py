"""`ladder carry` takes an edit up through small levels, and never loses an edit that it meets."""

import argparse
from pathlib import Path

import pytest

from ladder import carry
from ladder.errors import LadderError
from ladder.git import git
from ladder.reasons import Reason
from ladder.reasons import Reasons

TEXT = "first\n\nmiddle\n\nlast\n"
TAILORED = TEXT.replace("last", "last, and more")


@pytest.fixture
def levels(tmp_path: Path) -> list[Path]:
    """Three committed levels: one file is the same in all, one differs from the second on."""
    levels = [tmp_path / name for name in ("level1_a", "level2_b", "level3_c")]
    for level in levels:
        put(level / "same.py", TEXT)
        put(level / "pkg/grown.py", TEXT if level is levels[0] else TAILORED)
    put(tmp_path / ".gitignore", "state/\n")
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return levels


def put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())


def commit(folder: Path) -> None:
    who = (
        "-c",
        "user.name=test",
        "-c",
        "user.email=test@example.org",
        "-c",
        "commit.gpgsign=false",
    )
    git(folder, "-c", "core.autocrlf=false", "add", "-A").check_returncode()
    git(folder, *who, "commit", "-q", "-m", "as it stands").check_returncode()


def carried(levels: list[Path], *paths: str, base: str = "HEAD", delete: bool = False) -> list[str]:
    """Carry for real; one line for each move."""
    state = levels[0].parent / "state"
    moves = carry.plan(list(paths), levels, state, base=base, delete=delete)
    carry.write(moves, state)
    return [f"{move.upper.name}/{move.path}: {move.note}" for move in moves]


def texts(levels: list[Path], path: str) -> list[str]:
    return [(level / path).read_bytes().decode() for level in levels]


def test_an_edit_of_an_identical_file_is_copied_all_the_way_up(levels: list[Path]) -> None:
    put(levels[0] / "same.py", TEXT.replace("first", "FIRST"))

    moves = carried(levels)

    assert moves == ["level2_b/same.py: copied", "level3_c/same.py: copied"]
    assert set(texts(levels, "same.py")) == {TEXT.replace("first", "FIRST")}


def test_an_edit_of_a_differing_file_is_merged_and_then_copied(levels: list[Path]) -> None:
    put(levels[0] / "pkg/grown.py", TEXT.replace("first", "FIRST"))

    moves = carried(levels)

    assert moves == ["level2_b/pkg/grown.py: merged", "level3_c/pkg/grown.py: copied"]
    assert texts(levels[1:], "pkg/grown.py") == [TAILORED.replace("first", "FIRST")] * 2


def test_an_edit_that_starts_in_the_middle_leaves_the_levels_below_alone(
    levels: list[Path],
) -> None:
    put(levels[1] / "pkg/grown.py", TAILORED + "end\n")

    carried(levels)

    assert texts(levels, "pkg/grown.py") == [TEXT, TAILORED + "end\n", TAILORED + "end\n"]


def test_an_edit_is_carried_once(levels: list[Path]) -> None:
    put(levels[0] / "pkg/grown.py", TEXT.replace("first", "FIRST"))
    carried(levels)

    again = carried(levels)

    assert again == []


def test_an_edit_that_was_already_made_above_by_hand_needs_no_move(levels: list[Path]) -> None:
    put(levels[0] / "pkg/grown.py", TEXT.replace("first", "FIRST"))
    for level in levels[1:]:
        put(level / "pkg/grown.py", TAILORED.replace("first", "FIRST"))

    moves = carried(levels)

    assert moves == []


def test_an_edit_of_an_edit_is_carried_though_neither_is_committed(levels: list[Path]) -> None:
    put(levels[0] / "pkg/grown.py", TEXT.replace("first", "FIRST"))
    carried(levels)
    put(levels[0] / "pkg/grown.py", TEXT.replace("first", "Very first"))

    carried(levels)

    assert texts(levels[1:], "pkg/grown.py") == [TAILORED.replace("first", "Very first")] * 2


def test_an_edit_that_is_undone_is_undone_above(levels: list[Path]) -> None:
    put(levels[0] / "pkg/grown.py", TEXT.replace("first", "FIRST"))
    carried(levels)
    put(levels[0] / "pkg/grown.py", TEXT)

    carried(levels)

    assert texts(levels[1:], "pkg/grown.py") == [TAILORED, TAILORED]


def test_a_committed_edit_is_carried_from_the_commit_before(levels: list[Path]) -> None:
    put(levels[0] / "pkg/grown.py", TEXT.replace("first", "FIRST"))
    commit(levels[0])

    carried(levels, base="HEAD~1")

    assert texts(levels[1:], "pkg/grown.py") == [TAILORED.replace("first", "FIRST")] * 2


def test_only_the_named_files_are_carried(
    levels: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(levels[0] / "same.py", "new\n")
    put(levels[0] / "pkg/grown.py", TEXT.replace("first", "FIRST"))
    monkeypatch.chdir(levels[0])

    moves = carried(levels, "same.py")

    assert moves == ["level2_b/same.py: copied", "level3_c/same.py: copied"]


@pytest.mark.parametrize("path", ["pkg", "pkg/grown.py", "level1_a/pkg/grown.py", "level1_a"])
def test_a_path_may_be_given_as_a_level_or_the_repository_sees_it(
    levels: list[Path], monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    put(levels[0] / "pkg/grown.py", TEXT.replace("first", "FIRST"))
    monkeypatch.chdir(levels[0].parent)

    moves = carried(levels, path)

    assert len(moves) == 2


def test_a_conflict_leaves_markers_in_one_level_and_climbs_no_further(levels: list[Path]) -> None:
    put(levels[0] / "pkg/grown.py", TEXT.replace("last", "LAST"))

    moves = carried(levels)

    assert len(moves) == 1
    assert moves[0].startswith("level2_b/pkg/grown.py: CONFLICT in 1 place")
    assert "<<<<<<< level2_b as it is\nlast, and more\n" in texts(levels, "pkg/grown.py")[1]
    assert texts(levels, "pkg/grown.py")[2] == TAILORED


def test_unsettled_markers_are_refused(levels: list[Path]) -> None:
    put(levels[0] / "pkg/grown.py", TEXT.replace("last", "LAST"))
    carried(levels)

    with pytest.raises(LadderError, match=r"unsettled conflict markers in .*grown\.py"):
        carried(levels)


def test_a_settled_conflict_goes_on_from_its_level(levels: list[Path]) -> None:
    put(levels[0] / "pkg/grown.py", TEXT.replace("last", "LAST"))
    carried(levels)
    put(levels[1] / "pkg/grown.py", TEXT.replace("last", "LAST, and more"))

    carried(levels[1:])

    assert texts(levels, "pkg/grown.py")[2] == TEXT.replace("last", "LAST, and more")


def test_a_settled_conflict_is_not_torn_open_again(levels: list[Path]) -> None:
    put(levels[0] / "pkg/grown.py", TEXT.replace("last", "LAST"))
    carried(levels)
    put(levels[1] / "pkg/grown.py", TEXT.replace("last", "LAST, and more"))

    moves = carried(levels)

    assert moves[0].startswith("level2_b/pkg/grown.py: left as it is")
    assert "carry --from level2_b pkg/grown.py" in moves[0]
    assert texts(levels, "pkg/grown.py")[1] == TEXT.replace("last", "LAST, and more")


def test_uncommitted_edits_above_are_merged_and_a_copy_of_them_is_kept(levels: list[Path]) -> None:
    put(levels[0] / "same.py", TEXT.replace("first", "FIRST"))
    put(levels[1] / "same.py", TEXT + "own\n")
    state = levels[0].parent / "state"

    kept = carry.write(carry.plan([], levels, state), state)

    assert texts(levels, "same.py")[1] == TEXT.replace("first", "FIRST") + "own\n"
    assert [file.read_bytes().decode() for file in kept] == [TEXT + "own\n"]


def test_a_new_file_is_added_above(levels: list[Path]) -> None:
    put(levels[1] / "pkg/new.py", "new\n")

    moves = carried(levels)

    assert moves == ["level3_c/pkg/new.py: added"]
    assert not (levels[0] / "pkg/new.py").exists()


def test_a_committed_file_that_is_missing_above_is_added_when_named(levels: list[Path]) -> None:
    (levels[2] / "same.py").unlink()
    commit(levels[2])

    moves = carried(levels, "same.py")

    assert moves == ["level3_c/same.py: added"]


def test_a_new_file_does_not_replace_another_of_the_same_name(levels: list[Path]) -> None:
    put(levels[0] / "new.py", "new\n")
    put(levels[1] / "new.py", "another\n")

    moves = carried(levels[:2])

    assert moves[0].startswith("level2_b/new.py: is new in level1_a, and this level has its own")
    assert texts(levels[1:2], "new.py") == ["another\n"]


def test_a_deletion_is_a_question_first(levels: list[Path]) -> None:
    (levels[0] / "same.py").unlink()

    moves = carried(levels)

    assert moves == [
        "level2_b/same.py: is gone from level1_a: should it go here too? "
        "Then carry it with --delete"
    ]
    assert (levels[1] / "same.py").exists()


def test_a_deletion_climbs_when_asked_to(levels: list[Path]) -> None:
    (levels[0] / "same.py").unlink()

    carried(levels, delete=True)

    assert not any((level / "same.py").exists() for level in levels)


def test_a_deletion_stops_before_a_file_that_differs(levels: list[Path]) -> None:
    (levels[0] / "pkg/grown.py").unlink()

    moves = carried(levels, delete=True)

    assert len(moves) == 1
    assert texts(levels[1:], "pkg/grown.py") == [TAILORED, TAILORED]


def test_a_plan_writes_nothing_into_a_level(levels: list[Path]) -> None:
    put(levels[0] / "same.py", "new\n")

    moves = carry.plan([], levels, levels[0].parent / "state")

    assert len(moves) == 2
    assert texts(levels[1:], "same.py") == [TEXT, TEXT]


def test_the_hook_of_another_repository_does_not_mislead_it(
    levels: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put(levels[0] / "same.py", "new\n")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "another/.git"))

    moves = carried(levels)

    assert moves == ["level2_b/same.py: copied", "level3_c/same.py: copied"]


def test_no_checkout_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "level1_a/same.py", TEXT)

    with pytest.raises(LadderError, match="is in no git checkout with a commit HEAD"):
        carry.plan([], [tmp_path / "level1_a"], tmp_path / "state")


def test_an_unknown_path_is_refused(levels: list[Path]) -> None:
    with pytest.raises(LadderError, match=r"nowhere\.py: no file of level1_a, level2_b, level3_c"):
        carried(levels, "nowhere.py")


def test_the_climb_starts_where_copies_start(levels: list[Path]) -> None:
    numbered = dict(enumerate(levels))

    assert carry.chain(numbered, 1) == levels[1:]
    assert carry.chain(numbered, 1, "level3_c/") == levels[2:]
    with pytest.raises(LadderError, match="--from 0"):
        carry.chain(numbered, 1, "0")


@pytest.fixture
def command(levels: list[Path], monkeypatch: pytest.MonkeyPatch):
    """The whole command on the made-up levels; returns its exit code."""
    grown = Reason("pkg/grown.py", "headline", "says more")
    limits = dict.fromkeys(["longest_module", "longest_line"], 500)
    declared = Reasons(
        rows=["headline"],
        start=1,
        ideas={},
        files={2: [grown]},
        limits={2: limits},
        all_limits=limits,
    )
    monkeypatch.setattr(carry, "LEVELS", dict(enumerate(levels, start=1)))
    monkeypatch.setattr(carry, "RUNS", levels[0].parent / "state")
    monkeypatch.setattr(carry.reasons, "read", lambda: declared)

    def run(*arguments: str) -> int:
        parser = argparse.ArgumentParser()
        carry.add_arguments(parser)
        return carry.main(parser.parse_args(arguments))

    return run


def test_the_command_carries_and_then_checks(
    levels: list[Path], command, capsys: pytest.CaptureFixture[str]
) -> None:
    put(levels[0] / "same.py", "new\n")

    code = command()

    assert code == 0
    assert (
        capsys.readouterr().out == "level2_b/same.py: copied\nlevel3_c/same.py: copied\nno drift\n"
    )


def test_the_command_fails_where_drift_remains(
    levels: list[Path], command, capsys: pytest.CaptureFixture[str]
) -> None:
    put(levels[1] / "same.py", "edited in the wrong level\n")

    code = command()

    assert code == 1
    assert "level2_b/same.py: differs from level1_a" in capsys.readouterr().out


def test_the_command_fails_where_a_conflict_remains(
    levels: list[Path], command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carry.drift, "findings", lambda *_: [])
    put(levels[0] / "pkg/grown.py", TEXT.replace("last", "LAST"))

    code = command("pkg/grown.py")

    assert code == 1


def test_a_dry_run_writes_nothing(
    levels: list[Path], command, capsys: pytest.CaptureFixture[str]
) -> None:
    put(levels[0] / "same.py", "new\n")

    code = command("--dry-run")

    assert code == 0
    assert "a dry run: nothing written" in capsys.readouterr().out
    assert texts(levels[1:], "same.py") == [TEXT, TEXT]
