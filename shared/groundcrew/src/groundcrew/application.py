"""Releases of the application: one folder for each content version, and a pointer to the current.

The pointer is replaced atomically, so that a broken release is never current, and switching back
to an earlier version is one move.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from groundcrew import children
from groundcrew import files
from groundcrew import settings
from groundcrew.errors import NotFound
from groundcrew.errors import UserError

# The files and folders of a project that make up its application.
PARTS = ["flighttime", "flighttime.toml", "requirements.txt"]


def content_version(folder: Path | None = None) -> str:
    """Return 12 hexadecimal digits that identify every byte of the application in `folder`.

    The default is the project's folder.
    """
    folder = folder or settings.root()
    digest = hashlib.sha256()
    for path in _files(folder):
        name = path.relative_to(folder).as_posix().encode()
        digest.update(name + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def copy(folder: Path) -> None:
    """Copy the project's application into `folder`."""
    for path in _files(settings.root()):
        target = folder / path.relative_to(settings.root())
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def install(version: str, try_out: Callable[[Path], None]) -> None:
    """Copy the project's application to `releases/VERSION`, unless it is installed already.

    `try_out` gets the copied folder and raises UserError to prevent the installation, as invalid
    settings do.
    """
    folder = releases() / version
    if folder.exists():
        return
    settings.all_sections()
    with files.folder_atomically(folder) as unfinished:
        copy(unfinished)
        try_out(unfinished)


def importable(folder: Path) -> None:
    """Import the application in `folder` in a new process; raises UserError if that fails."""
    done = children.run(
        ["-c", f"import {settings.project_name()}.app"],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    if done.code:
        raise UserError(
            f"the application cannot be imported ({done.last_line}): nothing was deployed, "
            "correct the error and deploy again",
        )


def switch_to(version: str) -> None:
    """Make an installed version the current one; raises UserError if it is not installed.

    The folder of the feed is kept beside it, where an installed application looks for it.
    """
    if not (releases() / version).is_dir():
        raise UserError(f"{version} is not installed in {releases()}: install it first")
    feed = settings.feed()
    if "://" not in feed:  # an address may hold a password
        files.write_text_atomically(releases() / "feed", str(Path(feed).resolve()))
    files.write_text_atomically(releases() / "current", version)


def current() -> Path:
    """Return the folder of the current release; raises UserError before the first."""
    pointer = releases() / "current"
    if not pointer.exists():
        raise NotFound(
            f"no application has been deployed yet: run python -m {settings.project_name()}.deploy",
        )
    return releases() / pointer.read_text(encoding="utf-8")


def releases() -> Path:
    """Return the folder that holds the releases and the pointer."""
    return settings.runs() / "releases"


def _files(folder: Path) -> list[Path]:
    parts = [folder / name for name in PARTS]
    found = [path for part in parts for path in sorted([part, *part.rglob("*")])]
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]
