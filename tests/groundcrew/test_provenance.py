"""Provenance: a run names its code to the file, and the code of any commit can be restored."""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pandas as pd
import pytest

from groundcrew import provenance
from groundcrew import settings
from groundcrew.errors import UserError
from groundcrew.provenance import commits
from groundcrew.provenance import comparison
from groundcrew.provenance import machine

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
AUTHOR = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *AUTHOR, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--message", "Change something")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed project in a subfolder of a repository; both names have spaces."""
    root = tmp_path / "a repository" / "the code"
    (root / "flighttime").mkdir(parents=True)
    (root / "flighttime" / "model.py").write_text("first", encoding="utf-8")
    (root / "flighttime.toml").write_text("", encoding="utf-8")
    (root / "requirements.txt").write_text("pandas==0.1\n", encoding="utf-8")
    (root.parent / "README.md").write_text("first", encoding="utf-8")
    if shutil.which("git"):
        git(root.parent, "init", "--quiet")
        commit(root.parent)
    monkeypatch.setattr(settings, "_package", None)
    settings.use_project(root / "flighttime")
    return root


@pytest.fixture
def library(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """groundcrew as a committed part of the project's repository."""
    package = project.parent / "shared" / "groundcrew"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "files.py").write_text("first", encoding="utf-8")
    commit(project.parent)
    monkeypatch.setattr(commits, "LIBRARY", package.resolve())
    return package


@needs_git
def test_committed_code_is_named_by_its_commit(project: Path) -> None:
    assert provenance.version() == {"commit": git(project, "rev-parse", "HEAD"), "changed": "no"}


@needs_git
def test_uncommitted_changes_are_named_by_their_files(project: Path) -> None:
    (project / "flighttime" / "model.py").write_text("second", encoding="utf-8")
    (project / "flighttime" / "new one.py").touch()
    (project / "flighttime.toml").unlink()

    expected = "flighttime.toml, flighttime/model.py, flighttime/new one.py"
    assert provenance.version()["changed"] == expected


@needs_git
def test_the_first_twenty_of_many_changed_files_are_named(project: Path) -> None:
    for number in range(30):
        (project / "flighttime" / f"{number:02}.py").touch()

    changed = provenance.version()["changed"]

    assert changed.endswith(", flighttime/18.py, flighttime/19.py and 10 more")


@needs_git
def test_staged_changes_are_uncommitted_changes(project: Path) -> None:
    (project / "flighttime" / "model.py").write_text("second", encoding="utf-8")
    git(project, "add", "--all")

    assert provenance.version()["changed"] == "flighttime/model.py"


@needs_git
@pytest.mark.parametrize(
    "path",
    ["../README.md", "notes.txt", ".runs/mlflow.db", "flighttime/__pycache__/model.pyc"],
)
def test_files_outside_the_application_are_no_changes(project: Path, path: str) -> None:
    (project / path).parent.mkdir(exist_ok=True)
    (project / path).write_text("second", encoding="utf-8")

    assert provenance.version()["changed"] == "no"


@needs_git
def test_a_changed_library_in_the_same_repository_is_a_change(library: Path) -> None:
    assert provenance.version()["changed"] == "no"

    (library / "files.py").write_text("second", encoding="utf-8")

    assert provenance.version()["changed"] == "groundcrew/files.py"


def test_a_folder_outside_git_is_not_in_git(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outside = shutil.copytree(project, tmp_path / "outside")
    settings.use_project(outside / "flighttime")

    assert provenance.version() == {"commit": "not in git", "changed": "unknown"}


def test_without_git_installed_a_folder_outside_git_is_not_in_git(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outside = shutil.copytree(project, tmp_path / "outside")
    settings.use_project(outside / "flighttime")
    monkeypatch.setenv("PATH", "")

    assert provenance.version() == provenance.NOT_IN_GIT


@needs_git
def test_a_repository_without_git_installed_is_refused(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(UserError, match=r"git refuses .*the code .*\(git is not installed\): run"):
        provenance.version()


@needs_git
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may chown")
def test_a_repository_of_another_owner_is_refused_in_the_words_of_git(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for path in (project.parent, project.parent / ".git"):
        os.chown(path, 65534, 65534)

    with pytest.raises(UserError, match="git refuses .*dubious ownership.*: run git status there"):
        provenance.version()


@needs_git
@pytest.mark.parametrize(
    ("damaged", "words"),
    [("index", "index file smaller"), ("HEAD", "not a git repository"), ("objects", "HEAD")],
)
def test_a_damaged_repository_is_refused_in_the_words_of_git(
    project: Path,
    damaged: str,
    words: str,
) -> None:
    part = project.parent / ".git" / damaged
    if part.is_dir():
        shutil.rmtree(part)
        part.mkdir()
    else:
        part.write_text("x", encoding="utf-8")

    with pytest.raises(UserError, match=f"git refuses to say which code .*{words}"):
        provenance.version()


@needs_git
def test_a_repository_without_a_commit_is_not_in_git(project: Path) -> None:
    shutil.rmtree(project.parent / ".git")
    git(project.parent, "init", "--quiet")

    assert provenance.version() == provenance.NOT_IN_GIT


@needs_git
@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_INDEX_FILE", "GIT_LITERAL_PATHSPECS"])
def test_what_a_hook_of_another_repository_sets_is_not_obeyed(
    project: Path,
    tmp_path: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = {"commit": git(project, "rev-parse", "HEAD"), "changed": "no"}
    git(tmp_path, "init", "--quiet", "other")
    git(tmp_path / "other", "commit", "--allow-empty", "--message", "Begin")
    values = {"GIT_DIR": ".git", "GIT_INDEX_FILE": ".git/index", "GIT_LITERAL_PATHSPECS": ""}

    monkeypatch.setenv(name, f"{tmp_path}/other/{values[name]}" if values[name] else "1")

    assert provenance.version() == expected
    with provenance.code_at(expected["commit"]) as folder:
        assert (folder / "flighttime" / "model.py").read_text(encoding="utf-8") == "first"


@needs_git
def test_a_folder_without_version_control_in_a_repository_is_not_in_git(project: Path) -> None:
    copy = shutil.copytree(project, project.parent / "a copy")
    settings.use_project(copy / "flighttime")

    assert provenance.version() == provenance.NOT_IN_GIT


@pytest.fixture
def older(project: Path) -> str:
    """The commit before the last one; the project also has uncommitted changes."""
    older = git(project, "rev-parse", "HEAD")
    (project / "flighttime" / "model.py").write_text("second", encoding="utf-8")
    commit(project)
    (project / "flighttime" / "model.py").write_text("third", encoding="utf-8")
    return older


@needs_git
def test_an_older_commit_is_restored_in_another_folder(project: Path, older: str) -> None:
    with provenance.code_at(older) as folder:
        assert (folder / "flighttime" / "model.py").read_text(encoding="utf-8") == "first"
        assert folder.name == "the code"

    assert (project / "flighttime" / "model.py").read_text(encoding="utf-8") == "third"
    assert git(project, "diff", "--name-only") == "the code/flighttime/model.py"


@needs_git
@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt])
def test_the_worktree_is_removed_however_the_block_ends(
    project: Path,
    older: str,
    error: type[BaseException] | None,
) -> None:
    try:
        with provenance.code_at(older) as folder:
            if error:
                raise error
    except (ValueError, KeyboardInterrupt):
        pass

    assert not folder.parent.exists()
    assert len(git(project, "worktree", "list").splitlines()) == 1


@needs_git
def test_the_hooks_of_a_person_do_not_run(project: Path, older: str) -> None:
    hook = project.parent / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch '{project.as_posix()}/hook ran'\n", encoding="utf-8")
    hook.chmod(0o755)

    with provenance.code_at(older):
        pass

    assert not (project / "hook ran").exists()


KILLED = """
import os, sys
from pathlib import Path

from groundcrew import provenance
from groundcrew import settings

settings.use_project(Path(sys.argv[1]))
with provenance.code_at(sys.argv[2]):
    os.kill(os.getpid(), 9) if os.name != "nt" else os._exit(9)
"""


@needs_git
def test_the_worktree_of_a_killed_process_is_forgotten_and_a_persons_own_is_not(
    project: Path, older: str, tmp_path: Path
) -> None:
    git(project, "worktree", "add", "--detach", str(tmp_path / "unplugged"), older)
    shutil.rmtree(tmp_path / "unplugged")
    killed = subprocess.run([sys.executable, "-c", KILLED, project / "flighttime", older])
    assert abs(killed.returncode) == 9
    assert git(project, "worktree", "list").count("(detached HEAD)") == 2

    with provenance.code_at(older):
        assert git(project, "worktree", "list").count("(detached HEAD)") == 2

    (listed,) = re.findall(r".*detached HEAD.*", git(project, "worktree", "list"))
    assert "unplugged" in listed


def test_outside_git_the_code_is_a_copy_of_the_current_application(project: Path) -> None:
    with provenance.code_at("not in git") as folder:
        (folder / "flighttime" / "model.py").write_text("second", encoding="utf-8")

    assert not folder.exists()
    assert (project / "flighttime" / "model.py").read_text(encoding="utf-8") == "first"


@needs_git
def test_an_unknown_commit_is_refused(project: Path) -> None:
    with pytest.raises(UserError, match="commit 0{40} is not in this clone, .*: fetch it"):
        with provenance.code_at(40 * "0"):
            pass


@needs_git
def test_a_commit_without_the_project_is_refused(project: Path) -> None:
    git(project, "rm", "-r", "--quiet", "--cached", ".")
    git(project, "commit", "--message", "Remove the project")
    without = git(project, "rev-parse", "HEAD")

    with pytest.raises(UserError, match=f"commit {without} is not in this clone, or not with"):
        with provenance.code_at(without):
            pass

    assert len(git(project, "worktree", "list").splitlines()) == 1


@needs_git
def test_the_code_of_a_commit_imports_the_library_of_the_same_commit(
    project: Path,
    library: Path,
) -> None:
    older = git(project, "rev-parse", "HEAD")
    (library / "files.py").write_text("second", encoding="utf-8")
    commit(project.parent)

    with provenance.code_at(older) as folder:
        code = "import groundcrew; print(*groundcrew.__path__)"
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)

        assert Path(done.stdout.strip()).resolve() == (folder / "groundcrew").resolve()
        assert (folder / "groundcrew" / "files.py").read_text(encoding="utf-8") == "first"
    assert (library / "files.py").read_text(encoding="utf-8") == "second"
    assert len(git(project, "worktree", "list").splitlines()) == 1


@needs_git
def test_without_a_library_in_the_commit_the_installed_one_is_imported(
    project: Path,
    older: str,
    library: Path,
) -> None:
    with provenance.code_at(older) as folder:
        assert not (folder / "groundcrew").exists()


def test_the_environment_names_the_packages_and_the_machine(project: Path) -> None:
    lock = hashlib.sha256(b"pandas==0.1\n").hexdigest()

    environment = provenance.environment()

    assert environment["requirements"] == lock
    assert environment["python"] == platform.python_version()
    assert environment["platform"] == platform.platform()
    numerics = f"numpy {metadata.version('numpy')}, pandas {pd.__version__}, "
    assert environment["numerics"].startswith(numerics)
    assert len(environment["groundcrew"]) == 12


def test_the_version_of_the_library_changes_with_its_modules(tmp_path: Path) -> None:
    (tmp_path / "files.py").write_text("first", encoding="utf-8")
    before = machine.content_version(tmp_path)

    (tmp_path / "files.py").write_text("second", encoding="utf-8")

    assert machine.content_version(tmp_path) != before


def test_settings_of_every_type_are_logged_as_toml_and_json() -> None:
    values = {"text": 'with "quotes"', "number": 1.5, "list": [1, 2], "switch": True}

    flat = dict(provenance.flat({"a": values}))

    assert flat == {f"a.{name}": json.dumps(value) for name, value in values.items()}
    text = "".join(f"{name} = {value}\n" for name, value in flat.items())
    assert tomllib.loads(text) == {"a": values}


SETTINGS = '[training]\nwindow_days = 59  # days\nloss = "absolute"\n'


def test_equal_settings_do_not_differ(project: Path) -> None:
    (project / "flighttime.toml").write_text(SETTINGS, encoding="utf-8")
    recorded = {"training.window_days": "59", "training.loss": '"absolute"'}

    assert provenance.apply_settings(project, recorded) == ""


def test_recorded_settings_replace_those_of_the_file(project: Path) -> None:
    (project / "flighttime.toml").write_text(SETTINGS, encoding="utf-8")
    recorded = {"training.window_days": "30", "training.trees": "[1, 2]"}

    differences = provenance.apply_settings(project, recorded)

    assert differences == (
        'training.loss was not set, not "absolute", '
        "training.trees was [1, 2], not unset, training.window_days was 30, not 59"
    )
    assert settings.all_sections() == {"training": {"window_days": 30, "trees": [1, 2]}}


def test_committed_code_needs_no_words() -> None:
    assert provenance.uncommitted({"commit": "c0ffee", "changed": "no"}) == ""


def test_uncommitted_code_cannot_be_restored() -> None:
    words = provenance.uncommitted({"commit": "c0ffee", "changed": "flighttime/model.py"})

    changes = "flighttime/model.py was changed and not committed"
    assert words == f"{changes}: this is commit c0ffee, without the changes"


def test_code_outside_git_cannot_be_restored() -> None:
    words = provenance.uncommitted(provenance.NOT_IN_GIT)

    assert words == "was not in git: this is the present code"


@pytest.fixture
def tags(project: Path) -> dict[str, str]:
    """The tags of a run in the present environment, whose lock pins what is installed."""
    pins = f"pandas=={pd.__version__}\nnumpy=={metadata.version('numpy')} \\\n    --hash=sha256:0\n"
    (project / "requirements.txt").write_text(pins, encoding="utf-8")
    return provenance.environment()


def test_the_same_environment_does_not_differ(project: Path, tags: dict[str, str]) -> None:
    assert provenance.other_packages(project, tags) == ""


def test_another_lock_is_a_difference(project: Path, tags: dict[str, str]) -> None:
    tags["requirements"] = 64 * "0"

    expected = "requirements.txt was another than that of the commit"
    assert provenance.other_packages(project, tags) == expected


def test_other_packages_and_another_machine_are_named(
    project: Path,
    tags: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    present = {"numpy": "1.0"}
    monkeypatch.setattr(comparison, "installed", lambda name: present.get(name, "not installed"))
    tags |= {"python": "3.9.1", "groundcrew": 12 * "0"}

    differences = provenance.other_packages(project, tags).split("; ")

    now = provenance.environment()
    assert differences == [
        f"pandas is not installed, not {pd.__version__}",
        f"numpy is 1.0, not {metadata.version('numpy')}",
        f"groundcrew was 000000000000, now {now['groundcrew']}",
        f"python was 3.9.1, now {now['python']}",
    ]


def test_the_library_of_the_commit_counts_and_not_the_installed_one(
    project: Path,
    tags: dict[str, str],
) -> None:
    (project / "groundcrew").mkdir()
    (project / "groundcrew" / "files.py").touch()
    tags["groundcrew"] = machine.content_version(project / "groundcrew")

    assert provenance.other_packages(project, tags) == ""


def test_a_package_that_is_not_installed_has_no_version() -> None:
    assert comparison.installed("a-package-that-does-not-exist") == "not installed"
