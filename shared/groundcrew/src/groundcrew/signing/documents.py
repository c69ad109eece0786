"""Sign a document, such as a certificate, with the key that signs packages."""

import json
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from groundcrew.errors import UserError
from groundcrew.signing import keys
from groundcrew.signing import trusted

SIGNED_BY = "signature"
ALGORITHM = ec.ECDSA(hashes.SHA256())


def signed(document: dict, private: Path | None = None) -> dict:
    """Return the document with a signature by a private key (default: the current one).

    Raises UserError if the key is not a private key on an elliptic curve.
    """
    path = private or keys.private_key()
    keys.public_key(path)
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise UserError(f"{path} is a key of another kind: name a key on an elliptic curve")
    return {**document, SIGNED_BY: key.sign(_content(document), ALGORITHM).hex()}


def is_signed(document: dict, path: Path) -> bool:
    """Whether one of the public keys in this file verifies the signature of this document."""
    try:
        return any(_is_signed_by(key, document) for key in trusted.read(path).values())
    except (OSError, ValueError):
        return False


def _is_signed_by(pem: bytes, document: dict) -> bool:
    try:
        key = serialization.load_pem_public_key(pem)
        signature = bytes.fromhex(document[SIGNED_BY])
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, _content(document), ALGORITHM)
            return True
    except (KeyError, TypeError, ValueError, InvalidSignature):
        pass
    return False


def _content(document: dict) -> bytes:
    unsigned = {name: value for name, value in document.items() if name != SIGNED_BY}
    return json.dumps(unsigned, sort_keys=True).encode()
