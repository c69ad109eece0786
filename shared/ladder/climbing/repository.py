"""An attendee's own git repository: find it, and commit to it without asking for git knowledge."""

import itertools
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ladder.errors import LadderError
from ladder.git import git
from ladder.git import listed

STORE = "ladder"  # the folder in .git where the climb is kept
# An attendee's hooks and signatures are for the attendee's own commits.
OURS = ("-c", "commit.gpgsign=false", "-c", "core.hooksPath=no-hooks", "-c", "core.safecrlf=false")
AUTHOR = ("-c", "user.name=attendee", "-c", "user.email=attendee@localhost")


@dataclass(frozen=True)
class Repository:
    """A folder under version control, and the folder inside .git that is ours."""

    folder: Path
    store: Path

    def git(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return git(self.folder, *arguments)

    def run(self, *arguments: str) -> str:
        """What git prints; raises LadderError with git's own words where it fails."""
        return run(self.folder, *arguments)

    def head(self) -> str:
        return self.run("rev-parse", "HEAD")

    def branch(self) -> str:
        return self.git("symbolic-ref", "--short", "-q", "HEAD").stdout.decode().strip()

    def is_dirty(self) -> bool:
        """Whether something is not committed: edited, new, or deleted."""
        return bool(self.run("status", "--porcelain"))

    def tracked(self) -> set[str]:
        return listed(self.folder, "ls-files", "-z")

    def commit(self, message: str) -> str:
        """Commit everything, if there is something; returns the commit that is now the newest."""
        self.run("add", "--all")
        if self.is_dirty() or not self.has_commit():
            self.run(*OURS, *self.identity(), "commit", "--quiet", "-m", message)
        return self.head()

    def require_branch(self) -> None:
        """Raise LadderError if HEAD is detached: a commit there is soon on no branch at all."""
        if not self.branch():
            raise LadderError(
                "this repository is on no branch, and a step could be lost: go back to one with "
                "`git switch main`, or make one here with `git switch --create NAME`"
            )

    def has_commit(self, name: str = "HEAD") -> bool:
        return self.git("rev-parse", "--verify", "-q", name).returncode == 0

    def is_ancestor(self, name: str) -> bool:
        """Whether a commit is a part of the history."""
        return self.git("merge-base", "--is-ancestor", name, "HEAD").returncode == 0

    def keep_on_branch(self, prefix: str, commit: str) -> str:
        """Keep a commit on a new branch, numbered so that no other is lost; returns its name."""
        taken = self.run("branch", "--format=%(refname:short)").splitlines()
        names = (f"{prefix}-{number}" for number in itertools.count(1))
        free = next(name for name in names if name not in taken)
        self.run("branch", free, commit)
        return free

    def identity(self) -> tuple[str, ...]:
        named = all(self.git("config", f"user.{what}").stdout for what in ("name", "email"))
        return () if named else AUTHOR

    def contains(self, commit: str) -> bool:
        """Whether a commit of ours is still a part of the history, and was not reverted."""
        if not self.is_ancestor(commit):
            return False
        revert = f"This reverts commit {commit}"
        return not self.run("log", "--format=%H", f"--grep={revert}", f"{commit}..HEAD")


def run(folder: Path, *arguments: str) -> str:
    done = git(folder, *arguments)
    if done.returncode:
        output = (done.stderr or done.stdout).decode(errors="replace").strip()
        words = (output.splitlines() or [f"exit code {done.returncode}"])[0]
        raise LadderError(f"git refused in {folder}: {words.removeprefix('fatal: ')}")
    return done.stdout.decode(errors="replace").strip()


def find(folder: Path) -> Repository | None:
    """The repository of the climb that contains a folder; None where there is none.

    Raises LadderError where there is one, and git refuses to work in it.
    """
    places = [place for place in (folder, *folder.parents) if (place / ".git").exists()]
    if not folder.is_dir() or not places:
        return None
    try:
        top, common = (
            run(folder, "rev-parse", f"--{what}") for what in ("show-toplevel", "git-common-dir")
        )
    except LadderError:
        if (places[0] / ".git" / STORE).is_dir():
            raise
        return None
    store = (folder / common).resolve() / STORE
    return Repository(Path(top).resolve(), store) if store.is_dir() else None


def require(folder: Path) -> Repository:
    """The repository of the climb that contains a folder; raises LadderError without one."""
    found = find(folder)
    if found is None:
        raise LadderError(
            f"{folder} is in no repository of the climb: go to yours with cd, "
            "or make one with `ladder start DIR`"
        )
    return found


def create(folder: Path) -> Repository:
    """A new repository in an empty folder, whose branch is main."""
    folder.mkdir(parents=True, exist_ok=True)
    run(folder, "init", "--quiet")
    run(folder, "symbolic-ref", "HEAD", "refs/heads/main")
    # Levels have the same bytes everywhere: git for Windows would change their line ends.
    run(folder, "config", "core.autocrlf", "false")
    store = folder / ".git" / STORE
    store.mkdir()
    repository = Repository(folder.resolve(), store.resolve())
    if identity := repository.identity():
        for setting in identity[1::2]:
            run(folder, "config", *setting.split("=", 1))
    return repository
