"""The integrity of a package: the digest of every file in a manifest, and a signature."""

import shutil
from pathlib import Path

from groundcrew import files
from groundcrew import signing
from groundcrew.errors import NotFound
from groundcrew.errors import UserError

MANIFEST = "manifest.json"
LINEAGE = "lineage.json"


def require(folder: Path) -> Path:
    """Return the folder; raises UserError if there is no package."""
    if not folder.exists():
        raise NotFound(f"there is no package {folder}: create the package of this version first")
    return folder


def seal(folder: Path) -> None:
    """Write the manifest of a folder's files, and sign it with the current private key."""
    files.write_json(folder / MANIFEST, digests(folder))
    signing.sign(folder, signing.private_key())


def verify(folder: Path, trusted: Path, version: str | None = None) -> None:
    """Compare every file with the manifest, then check the signature against the trusted key.

    Raises UserError that names the first file that differs, or if `version` is given and LINEAGE
    names another version.
    """
    expected, actual = manifest(require(folder)), digests(folder)
    for name in sorted(expected.keys() | actual.keys()):
        if expected.get(name) != actual.get(name):
            raise _altered(folder / name)
    signing.verify(folder, trusted)
    if version and (packaged := files.read_json(folder / LINEAGE)["version"]) != version:
        raise UserError(
            f"{folder} is the package of version {packaged}: "
            f"remove it, and package version {version} again",
        )


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
    try:
        return dict(files.read_json(folder / MANIFEST))
    except (OSError, ValueError, TypeError):
        raise _altered(folder / MANIFEST) from None


def digest(folder: Path) -> str:
    """Return the digest of the manifest, which identifies the package."""
    return files.sha256(folder / MANIFEST)


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 digest of every file by its name, without manifest and signature."""
    own = (folder / MANIFEST, folder / signing.SIGNATURE)
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path not in own]
    return {path.relative_to(folder).as_posix(): files.sha256(path) for path in paths}


def _altered(path: Path) -> UserError:
    return UserError(
        f"{path} is not what was packaged: remove the package's folder and package it again",
    )
