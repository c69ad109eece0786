"""What a run is made with: the commit that stands here, what was changed since, the packages; and an older commit."""

import hashlib
import os
import platform
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

from flighttime import content
from flighttime import settings
from flighttime.errors import Refused

NOWHERE = {"commit": "not in git", "changed": "unknown"}
MOST_NAMED = 20
# What they do decides every digit, and not all of it is pinned by name.
NUMERICS = ["numpy", "pandas", "scikit-learn", "scipy"]
REQUIREMENTS = settings.ROOT / "requirements.txt"
LEFT_OUT = ":(exclude,glob)**/__pycache__/**"


def version() -> dict[str, str]:
    """The commit of this checkout, and the files changed since; outside git it says so."""
    # The folder may lie in a repository that knows nothing of it.
    if not git("rev-parse", "--verify", "--quiet", "HEAD:./"):
        return NOWHERE
    edited = git("diff", "-z", "--name-only", "--relative", "HEAD", "--", *content.PARTS)
    added = git("ls-files", "-z", "--others", "--exclude-standard", "--", *content.PARTS, LEFT_OUT)
    changed = [path for path in f"{edited}{added}".split("\0") if path]
    more = f" and {len(changed) - MOST_NAMED} more" if len(changed) > MOST_NAMED else ""
    return {"commit": git("rev-parse", "HEAD"), "changed": ", ".join(changed[:MOST_NAMED]) + more or "no"}


def environment() -> dict[str, str]:
    return {
        "requirements": hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "numerics": ", ".join(f"{name} {metadata.version(name)}" for name in NUMERICS),
    }


@contextmanager
def at(commit: str) -> Iterator[Path]:
    """This folder as it was at a commit, for as long as the block lasts; outside git, a copy of what stands here."""
    with TemporaryDirectory(prefix="flighttime-", ignore_cleanup_errors=True) as scratch:
        place = Path(scratch, "code")
        if commit == NOWHERE["commit"]:
            content.copy(settings.ROOT, place)
            yield place
            return
        try:
            # A person's hooks are for a person's checkouts.
            git("-c", f"core.hooksPath={os.devnull}", "worktree", "add", "--detach", str(place), commit)
            folder = place / git("rev-parse", "--show-prefix")
            if not (folder / "flighttime").is_dir():
                raise Refused(f"commit {commit} is not in this clone, or not with this folder: fetch it (git fetch --unshallow)")
            yield folder
        finally:
            git("worktree", "remove", "--force", str(place))


def git(*arguments: str) -> str:
    """What git says of this folder; nothing where it fails, or where there is none."""
    command = ["git", "-C", str(settings.ROOT), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    except FileNotFoundError:
        return ""
    return done.stdout.removesuffix("\n") if done.returncode == 0 else ""
