"""Ask git about a folder: "not in git" is only said of a folder outside every repository."""

import subprocess
from pathlib import Path

from groundcrew import shield
from groundcrew.errors import UserError


def repository(folder: Path) -> Path | None:
    """The top folder of the git repository that contains a folder; None outside of git.

    Raises UserError if there is a repository, and git is missing or refuses to work in it.
    """
    device = folder.stat().st_dev  # git does not look for a repository on another file system
    parents = [path for path in (folder, *folder.parents) if path.stat().st_dev == device]
    if not any((path / ".git").exists() for path in parents):
        return None
    return Path(output(folder, "rev-parse", "--show-toplevel")).resolve()


def has_commit(folder: Path) -> bool:
    """Whether the repository has a commit; raises UserError if that cannot be read."""
    if not succeeds(folder, "rev-parse", "--verify", "HEAD"):
        return False
    output(folder, "cat-file", "-e", "HEAD^{tree}")
    return True


def output(folder: Path, *arguments: str) -> str:
    """What git prints about a folder; raises UserError with git's own words if it fails."""
    done = run(folder, *arguments)
    if done.returncode == 0:
        return done.stdout.removesuffix("\n")
    words = next(iter(done.stderr.strip().splitlines()), f"exit code {done.returncode}")
    raise UserError(
        f"git refuses to say which code {folder} holds ({words.removeprefix('fatal: ')}): "
        f"run git status there, and do what it says",
    )


def succeeds(folder: Path, *arguments: str) -> bool:
    """Whether a git command ends with exit code 0."""
    return run(folder, *arguments).returncode == 0


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-C", str(folder), *arguments]
    # Without variables such as GIT_DIR, which name another repository, as inside a hook.
    environment = shield.current()
    try:
        return subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError:
        return subprocess.CompletedProcess(command, 127, "", "git is not installed")
