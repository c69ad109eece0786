"""The integrity of a package: the digest of every file in a manifest, and a signature."""

import os
import re
import shutil
from pathlib import Path

from groundcrew import files
from groundcrew import signing
from groundcrew.errors import UserError
from groundcrew.packages import identity

MANIFEST = "manifest.json"
MAX_BYTES = {MANIFEST: 1_000_000, signing.SIGNATURE: 1_000_000}  # read before anything is trusted
MAX_PACKAGE_BYTES = 1_000_000_000
SHA256 = re.compile("[0-9a-f]{64}")


def seal(folder: Path) -> None:
    """Write the manifest of a folder's files, and sign it with the current private key."""
    files.write_json(folder / MANIFEST, digests(folder))
    signing.sign(folder, signing.private_key())


def verify(folder: Path, trusted: Path, version: str | None = None) -> str:
    """Compare names, then bytes, with the manifest; then check the signature with the trusted key.

    Nothing is read before names and sizes are those of a package. Returns the run that made the
    model of `version`, "" if no version is given. Raises UserError that names the first file that
    differs, or if the package is not that of the version which the registry has by this number.
    """
    _require_package_sizes(identity.require(folder))
    expected, parts = manifest(folder), _parts(folder)
    for name in sorted(expected.keys() ^ parts.keys()):
        raise _altered(folder / name)
    for name, digest in expected.items():
        if files.sha256(parts[name]) != digest:
            raise _altered(parts[name])
    signing.verify(folder, trusted)
    return identity.require_version(folder, version) if version else ""


def copy(origin: Path, target: Path, trusted: Path, version: str | None = None) -> None:
    """Copy a verified package atomically to `target`; a copy that exists is only verified.

    Raises UserError if a byte was altered, if the signature is not by the trusted key, or if
    `target` is another package than `origin`.
    """
    if not target.exists():
        verify(origin, trusted, version)
        with files.folder_atomically(target) as temporary:
            shutil.copytree(origin, temporary, dirs_exist_ok=True)
            verify(temporary, trusted, version)
    verify(target, trusted, version)
    if origin.exists() and manifest(target) != manifest(origin):
        raise UserError(
            f"{target} is another package than {origin}: remove the wrong one, then try again",
        )


def manifest(folder: Path) -> dict[str, str]:
    """Return the SHA-256 digest of every file by its name, as the manifest states it."""
    path = folder / MANIFEST
    try:
        digests = files.read_json(path) if path.stat().st_size <= MAX_BYTES[MANIFEST] else None
    except (OSError, ValueError, RecursionError):
        raise _altered(path) from None
    if not isinstance(digests, dict) or not all(
        isinstance(digest, str) and SHA256.fullmatch(digest) for digest in digests.values()
    ):
        raise _altered(path)
    return digests


def digest(folder: Path) -> str:
    """Return the digest of the manifest, which identifies the package."""
    return files.sha256(folder / MANIFEST)


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 digest of every file by its name, without manifest and signature."""
    return {name: files.sha256(path) for name, path in _parts(folder).items()}


def _parts(folder: Path) -> dict[str, Path]:
    """Every file and every empty folder by its name, without manifest and signature."""
    paths = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or not path.is_dir() or not any(path.iterdir())
    }
    return {name: path for name, path in paths.items() if name not in MAX_BYTES}


def _require_package_sizes(folder: Path) -> None:
    """Raise UserError if something is no plain file, or too large to belong to a package."""
    paths, total = [*_parts(folder).values(), *(folder / name for name in MAX_BYTES)], 0
    for path in filter(os.path.lexists, paths):
        if path.is_symlink() or not path.is_file():
            raise _altered(path)
        total += (size := path.stat().st_size)
        if size > MAX_BYTES.get(path.name, MAX_PACKAGE_BYTES) or total > MAX_PACKAGE_BYTES:
            raise _altered(path)


def _altered(path: Path) -> UserError:
    return UserError(
        f"{path} is not what was packaged: remove the package's folder and package it again",
    )
