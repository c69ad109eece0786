"""Sign a folder with a private key, and verify it against the public keys that are trusted."""

import json
import re
import tempfile
from pathlib import Path

from groundcrew import files
from groundcrew.errors import UserError
from groundcrew.signing import trusted as trusted_keys
from groundcrew.signing.keys import fingerprint as fingerprint
from groundcrew.signing.keys import private_key as private_key
from groundcrew.signing.keys import public_key
from groundcrew.signing.keys import trust as trust
from groundcrew.signing.keys import trust_first as trust_first

SIGNATURE = "signature.json"
ALTERED_FILE = re.compile(r"Hash mismatch for \\?'([^'\\]+)")


def sign(folder: Path, key: Path) -> None:
    """Sign every file of a folder with a private key, and write SIGNATURE into it.

    A reader sees the signature before or this one. Raises UserError if `key` is not a private key.
    """
    # Imported late: it takes a second.
    from model_signing import hashing
    from model_signing import signing

    public_key(key)
    config = signing.Config().use_elliptic_key_signer(private_key=key)
    config.set_hashing_config(hashing.Config().set_ignored_paths(paths=[SIGNATURE]))
    # Beside the folder: in it, a reader would take it for a file that was added.
    beside = folder.with_name(f"{folder.name}-{SIGNATURE}")
    files.write_atomically(beside, lambda temporary: config.sign(folder, temporary))
    beside.replace(folder / SIGNATURE)


def signer(folder: Path) -> str:
    """Return the fingerprint of the key by which a folder says to be signed; "" if it says none."""
    try:
        signature = json.loads((folder / SIGNATURE).read_bytes())
        return str(signature["verificationMaterial"]["publicKey"]["hint"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""


def require_trusted(trusted: Path) -> None:
    """Raise UserError if there is no file of trusted keys."""
    if not trusted.exists():
        raise UserError(f"no key is trusted, {trusted} does not exist: {_how_to_trust(trusted)}")


def verify(folder: Path, trusted: Path) -> None:
    """Raise UserError unless a key in `trusted` verifies the signature of exactly these bytes.

    Files such as .gitignore are not signed; the manifest of `groundcrew.packages` covers them.
    """
    require_trusted(trusted)
    if not (folder / SIGNATURE).exists():
        raise UserError(f"{folder} has no {SIGNATURE}: remove the folder and create it again")
    by = signer(folder)  # before the keys: a new one is trusted before it signs
    try:
        keys = trusted_keys.read(trusted)
    except ValueError:
        raise UserError(f"{trusted} is not a public key: {_how_to_trust(trusted)}") from None
    if by and by not in keys:
        revoked = trusted_keys.revoked(trusted).get(by)
        state = f"was revoked on {revoked}" if revoked else "is not in it"
        again = "remove the folder and create it again"
        raise UserError(
            f"{folder} is not signed by the key in {trusted} (it is signed by the key {by:.12}, "
            f"which {state}): {again if revoked else _how_to_trust(trusted)}",
        )
    try:
        _verify(folder, trusted, keys.get(by) or next(iter(keys.values())))
    except UserError:
        if signer(folder) == by:
            raise
        verify(folder, trusted)  # it was signed again meanwhile, by a new key


def _verify(folder: Path, trusted: Path, key: bytes) -> None:
    from model_signing import verifying

    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "public.pem"
        file.write_bytes(key)
        try:
            config = verifying.Config().use_elliptic_key_verifier(public_key=file)
            config.verify(folder, folder / SIGNATURE)
        except Exception as problem:  # a malformed signature raises errors of many types
            altered = ", ".join(ALTERED_FILE.findall(f"{problem}"))
            reason = f"{problem}".strip() or type(problem).__name__
            raise UserError(
                f"{folder} is not signed by the key in {trusted} "
                f"({f'{altered} was altered' if altered else reason}): "
                "remove the folder and create it again",
            ) from None


def _how_to_trust(path: Path) -> str:
    return f'to trust the current key, run python -m groundcrew.signing --trust "{path}"'
