"""The repository at its commit for a bundle: a folder to copy, and the same as a zip file."""

import io
import os
import shutil
import tarfile
from pathlib import Path

from ladder.errors import LadderError
from ladder.git import git
from ladder.git import listed
from ladder.places import ROOT

NAME = "mlops-ladder"
ARCHIVE = f"{NAME}.zip"


def commit() -> str:
    """The commit that is copied; raises LadderError outside of a git checkout."""
    found = git(ROOT, "rev-parse", "--verify", "-q", "HEAD")
    if found.returncode or not (ROOT / ".git").exists():
        raise LadderError(
            f"{ROOT} is not a git checkout, and a bundle is made from a commit: "
            "clone the repository, and call this there"
        )
    return found.stdout.decode().strip()


def uncommitted() -> list[str]:
    """The files whose edits a bundle does not have."""
    changed = listed(ROOT, "diff", "HEAD", "--name-only", "-z")
    return sorted(changed | listed(ROOT, "ls-files", "-z", "-o", "--exclude-standard"))


def archive(kind: str) -> bytes:
    made = git(ROOT, "archive", f"--format={kind}", f"--prefix={NAME}/", "HEAD")
    if made.returncode:
        raise LadderError(f"git archive failed: {made.stderr.decode(errors='replace').strip()}")
    return made.stdout


def replace(bundle: Path) -> None:
    """Put the commit's files into the bundle, in place of what a former call left there."""
    unfinished = bundle / f"{NAME}.part"
    shutil.rmtree(unfinished, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(archive("tar"))) as content:
        content.extractall(unfinished, filter="data")
    packed = bundle / f"{ARCHIVE}.part"
    packed.write_bytes(archive("zip"))
    os.replace(packed, bundle / ARCHIVE)
    if (bundle / NAME).exists():
        shutil.rmtree(bundle / NAME)
    os.replace(unfinished / NAME, bundle / NAME)
    unfinished.rmdir()
