"""The record says which code it was, to the file, and any commit can be had again beside what stands here."""

import shutil
import subprocess
from pathlib import Path

import pytest

from flighttime import checkout
from flighttime import settings
from flighttime.errors import Refused

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
NOT_IN_GIT = {"commit": "not in git", "changed": "unknown"}
NOBODY = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *NOBODY, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--message", "a change")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The code, in a folder of a bigger repository, with spaces in both names; everything is committed."""
    root = tmp_path / "a repository" / "the code"
    (root / "flighttime").mkdir(parents=True)
    (root / "flighttime" / "model.py").write_text("first", encoding="utf-8")
    (root / "flighttime.toml").write_text("", encoding="utf-8")
    (root.parent / "README.md").write_text("first", encoding="utf-8")
    git(root.parent, "init", "--quiet")
    commit(root)
    monkeypatch.setattr(settings, "ROOT", root)
    return root


def test_what_is_committed_is_named_by_its_commit(root: Path) -> None:
    assert checkout.version() == {"commit": git(root, "rev-parse", "HEAD"), "changed": "no"}


def test_what_was_changed_is_named_by_its_files(root: Path) -> None:
    (root / "flighttime" / "model.py").write_text("second", encoding="utf-8")
    (root / "flighttime" / "new one.py").touch()
    (root / "flighttime.toml").unlink()

    assert checkout.version()["changed"] == "flighttime.toml, flighttime/model.py, flighttime/new one.py"


def test_of_many_files_some_are_named(root: Path) -> None:
    for number in range(30):
        (root / "flighttime" / f"{number:02}.py").touch()

    assert checkout.version()["changed"].endswith(", flighttime/18.py, flighttime/19.py and 10 more")


def test_what_is_staged_is_not_committed(root: Path) -> None:
    (root / "flighttime" / "model.py").write_text("second", encoding="utf-8")
    git(root, "add", "--all")

    assert checkout.version()["changed"] == "flighttime/model.py"


@pytest.mark.parametrize("path", ["../README.md", "notes.txt", ".runs/mlflow.db", "flighttime/__pycache__/model.pyc"])
def test_what_has_no_part_in_a_model_does_not_count(root: Path, path: str) -> None:
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text("second", encoding="utf-8")

    assert checkout.version()["changed"] == "no"


def test_outside_git_the_record_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ROOT", tmp_path)

    assert checkout.version() == NOT_IN_GIT


def test_without_git_the_record_says_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert checkout.version() == NOT_IN_GIT


def test_a_folder_that_the_repository_does_not_know_is_not_in_git(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(root, root.parent / "a copy")
    monkeypatch.setattr(settings, "ROOT", root.parent / "a copy")

    assert checkout.version() == NOT_IN_GIT


@pytest.fixture
def first(root: Path) -> str:
    """The commit before the last one; since then there are changes as well that were not committed."""
    first = git(root, "rev-parse", "HEAD")
    (root / "flighttime" / "model.py").write_text("second", encoding="utf-8")
    commit(root)
    (root / "flighttime" / "model.py").write_text("third", encoding="utf-8")
    return first


def test_an_older_commit_stands_beside_what_stands_here(root: Path, first: str) -> None:
    with checkout.at(first) as folder:
        assert (folder / "flighttime" / "model.py").read_text(encoding="utf-8") == "first"
        assert folder.name == "the code"

    assert (root / "flighttime" / "model.py").read_text(encoding="utf-8") == "third"
    assert git(root, "diff", "--name-only") == "the code/flighttime/model.py"


@pytest.mark.parametrize("ending", [None, ValueError, KeyboardInterrupt])
def test_nothing_is_left_of_it_however_it_ends(root: Path, first: str, ending: type[BaseException] | None) -> None:
    try:
        with checkout.at(first) as folder:
            if ending:
                raise ending
    except (ValueError, KeyboardInterrupt):
        pass

    assert not folder.parent.exists()
    assert len(git(root, "worktree", "list").splitlines()) == 1


def test_a_persons_hooks_are_left_alone(root: Path, first: str) -> None:
    hook = root.parent / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch '{root.as_posix()}/was here'\n", encoding="utf-8")
    hook.chmod(0o755)

    with checkout.at(first):
        pass

    assert not (root / "was here").exists()


def test_outside_git_a_copy_of_what_stands_here_takes_its_place(root: Path) -> None:
    with checkout.at("not in git") as folder:
        (folder / "flighttime" / "model.py").write_text("second", encoding="utf-8")

    assert not folder.exists()
    assert (root / "flighttime" / "model.py").read_text(encoding="utf-8") == "first"


def test_a_commit_that_is_not_here_is_to_be_fetched(root: Path) -> None:
    with pytest.raises(Refused, match="commit 0{40} is not in this clone, or not with this folder: fetch it"):
        with checkout.at(40 * "0"):
            pass


def test_a_commit_without_this_code_is_refused(root: Path) -> None:
    git(root, "rm", "-r", "--quiet", "--cached", ".")
    git(root, "commit", "--message", "gone")
    without = git(root, "rev-parse", "HEAD")

    with pytest.raises(Refused, match=f"commit {without} is not in this clone, or not with this folder"):
        with checkout.at(without):
            pass

    assert len(git(root, "worktree", "list").splitlines()) == 1
