"""The public keys that an environment trusts: PEM blocks in one file, which holds no secret.

While keys change the file holds the old key and the new one. Of a revoked key it keeps the
fingerprint and the day, so that a refusal can name it, and no one trusts it again by mistake.
"""

import re
from datetime import date
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from groundcrew import files
from groundcrew.errors import UserError

BLOCK = re.compile(rb"-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----", re.DOTALL)
REVOKED = re.compile(r"^revoked ([0-9a-f]{64}) on (\d{4}-\d{2}-\d{2})\r?$", re.MULTILINE)
PUBLIC_FORMAT = serialization.PublicFormat.SubjectPublicKeyInfo


def read(path: Path) -> dict[str, bytes]:
    """Return the trusted keys in PEM format, by fingerprint.

    Raises ValueError if the file holds none, or something that is not a public key.
    """
    blocks = BLOCK.findall(path.read_bytes())
    if not blocks:
        raise ValueError(f"there is no key in {path}")
    loaded = [serialization.load_pem_public_key(block) for block in blocks]
    pems = [key.public_bytes(serialization.Encoding.PEM, PUBLIC_FORMAT) for key in loaded]
    return {fingerprint(pem): pem for pem in pems}


def revoked(path: Path) -> dict[str, str]:
    """Return the days on which keys were revoked here, by fingerprint."""
    return dict(REVOKED.findall(path.read_bytes().decode("utf-8", errors="replace")))


def add(path: Path, public: bytes) -> None:
    """Trust one key more; raises UserError if it was revoked. What is no key is not kept."""
    days = revoked(path) if path.exists() else {}
    try:
        keys = read(path) if path.exists() else {}
    except ValueError:
        keys = {}
    name = fingerprint(public)
    if name in days:
        raise UserError(
            f"the key {name:.12} was revoked on {days[name]}, as {path} says: make another one "
            "with python -m groundcrew.keys rotate",
        )
    write(path, keys | {name: public}, days)


def revoke(path: Path, name: str, today: date) -> None:
    """Trust a key no longer, and keep its fingerprint and the day."""
    keys = {other: pem for other, pem in read(path).items() if other != name}
    write(path, keys, revoked(path) | {name: f"{today}"})


def write(path: Path, keys: dict[str, bytes], days: dict[str, str]) -> None:
    notes = [f"revoked {name} on {day}\n".encode() for name, day in days.items()]
    content = b"".join([*keys.values(), *notes])
    files.write_atomically(path, lambda temporary: temporary.write_bytes(content))


def fingerprint(public: bytes) -> str:
    """Return the SHA-256 digest of a public key in PEM format."""
    return sha256(public).hexdigest()
