"""What a change of keys must leave in place: the versions in use, and those to go back to.

An environment is a folder with a file of trusted keys and a folder `packages`: the state folder
itself, and each folder in it that has such a file.
"""

from collections.abc import Iterator
from pathlib import Path

from groundcrew import certificates
from groundcrew import commands
from groundcrew import files
from groundcrew import ledger
from groundcrew import packages
from groundcrew import registry
from groundcrew import settings
from groundcrew import signing
from groundcrew.errors import UserError
from groundcrew.signing import documents
from groundcrew.signing import trusted as trusted_keys

TRUSTED, PACKAGES = "trusted.pem", "packages"


def trusted() -> list[Path]:
    """Return the file of trusted keys of each environment."""
    root = settings.runs()
    return [path for path in (root / TRUSTED, *sorted(root.glob(f"*/{TRUSTED}"))) if path.exists()]


def fingerprints() -> list[str]:
    """Return the fingerprints of all keys that an environment trusts.

    Raises UserError if a file of trusted keys holds something else.
    """
    found: dict[str, bytes] = {}
    for path in trusted():
        try:
            found |= trusted_keys.read(path)
        except ValueError as problem:
            raise UserError(
                f"{path} is not a file of public keys ({problem}): restore it"
            ) from None
    return list(found)


def versions() -> list[str]:
    """Return each champion that a rollback can return to, and the versions that are being tried."""
    pending = ledger.pending() or {}
    named = [*ledger.champions(), pending.get("version"), pending.get("before")]
    aliases = registry.registered_model().aliases.values()
    tried = [registry.champion(), registry.challenger(), registry.shadow(), *map(str, aliases)]
    return list(dict.fromkeys(version for version in (*named, *tried) if version))


def folders() -> Iterator[tuple[str, Path, Path]]:
    """Yield version, package and file of trusted keys, for each package in use."""
    for version in versions():
        for path in trusted():
            folder = path.parent / PACKAGES / version
            if folder.exists():
                yield version, folder, path


def sign(private: Path) -> None:
    """Sign what is in use with this key: packages that are trusted now, and their certificates.

    Another holder of the old key could have signed other bytes: what the ledger does not name
    keeps its signature. Raises UserError if a package was altered or is not trusted.
    """
    name = trusted_keys.fingerprint(signing.public_key(private))
    for version, folder, path in folders():
        packages.verify(folder, path)
        known = _recorded(version)
        if known and packages.digest(folder) not in known:
            commands.warning(f"{folder} is not a package that the ledger names: it is not signed")
        elif signing.signer(folder) != name:
            signing.sign(folder, private)
    for version in versions():
        _sign_certificate(certificates.path(version), private)


def _recorded(version: str) -> set[str]:
    """The digests of the packages of a version that the ledger names."""
    entries = (entry for entry in ledger.entries() if entry["version"] == version)
    digests = (entry.get("evidence", {}).get("package") for entry in entries)
    return {digest for digest in digests if digest}


def _sign_certificate(path: Path, private: Path) -> None:
    """Sign a certificate again, if it is one: an altered one stays as it is."""
    try:
        certificate = files.read_json(path)
    except (OSError, ValueError):
        return
    if isinstance(certificate, dict) and any(
        documents.is_signed(certificate, keys) for keys in trusted()
    ):
        files.write_json(path, documents.signed(certificate, private))
