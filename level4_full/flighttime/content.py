"""What stands in this checkout: the files that make up the application, and a version for their content."""

import hashlib
import shutil
from pathlib import Path

PARTS = ["flighttime", "flighttime.toml", "requirements.txt"]


def version(root: Path) -> str:
    """Twelve hex digits that stand for every byte of the application."""
    digest = hashlib.sha256()
    for path in files(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def files(root: Path) -> list[Path]:
    found = [path for part in PARTS for path in sorted([root / part, *(root / part).rglob("*")])]
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]


def copy(root: Path, folder: Path) -> None:
    for path in files(root):
        target = folder / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
