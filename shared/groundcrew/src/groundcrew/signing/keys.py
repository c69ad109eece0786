"""The private key that signs packages, and the public keys that verify them."""

import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from groundcrew import settings
from groundcrew.errors import UserError
from groundcrew.signing import trusted


def private_key() -> Path:
    """Return the file that FLIGHTTIME_SIGNING_KEY names, else the project's, created if missing."""
    if name := os.environ.get("FLIGHTTIME_SIGNING_KEY"):
        key = Path(name).expanduser()
        if not key.is_file():
            raise UserError(
                f"FLIGHTTIME_SIGNING_KEY is {name!r}, which is not a file: "
                "name a file with a private key in PEM format",
            )
        return key
    path = settings.runs() / "keys" / "signing.pem"
    if not path.exists():
        create_key(path)
    return path


def create_key(path: Path) -> None:
    """Write a new private key that only this user can read; an existing file stays as it is."""
    content = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}-{uuid4().hex}")
    with open(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
    # A link, not a move: of two processes that create the key at once, the first one wins.
    with suppress(FileExistsError):
        path.hardlink_to(temporary)
    temporary.unlink()


def trust(path: Path) -> None:
    """Write the current public key to `path`; `verify` then accepts this key's signatures only."""
    content = public_key(private_key())
    trusted.write(path, {trusted.fingerprint(content): content}, {})


def trust_also(path: Path) -> None:
    """Let `path` trust the current key beside those that it trusts; raises UserError if revoked."""
    trusted.add(path, public_key(private_key()))


def trust_first(path: Path) -> None:
    """Trust the current key if `path` trusts no key yet."""
    if not path.exists():
        trust(path)


def fingerprint(path: Path) -> str:
    """Return the fingerprints of the keys in a file, or "trusts no key yet" if it is missing."""
    return ", ".join(trusted.read(path)) if path.exists() else "trusts no key yet"


def public_key(key: Path) -> bytes:
    """Return the public key of a private key file, as PEM; raises UserError if it is not one."""
    try:
        public = serialization.load_pem_private_key(key.read_bytes(), None).public_key()
    except (ValueError, TypeError, OSError) as problem:
        raise UserError(
            f"{key} is not a private key without a password ({problem}): restore the right file",
        ) from None
    return public.public_bytes(serialization.Encoding.PEM, trusted.PUBLIC_FORMAT)
