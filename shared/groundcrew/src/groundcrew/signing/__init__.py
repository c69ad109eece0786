"""Sign a folder with a private key, and verify it against the public key that is trusted."""

import re
from pathlib import Path

from groundcrew.errors import UserError
from groundcrew.signing.keys import fingerprint as fingerprint
from groundcrew.signing.keys import private_key as private_key
from groundcrew.signing.keys import public_key
from groundcrew.signing.keys import trust as trust
from groundcrew.signing.keys import trust_first as trust_first

SIGNATURE = "signature.json"
ALTERED_FILE = re.compile(r"Hash mismatch for \\?'([^'\\]+)")


def sign(folder: Path, key: Path) -> None:
    """Sign every file of a folder with a private key, and write SIGNATURE into it.

    Raises UserError if `key` is not a private key.
    """
    # Imported late: it takes a second.
    from model_signing import hashing
    from model_signing import signing

    public_key(key)
    config = signing.Config().use_elliptic_key_signer(private_key=key)
    config.set_hashing_config(hashing.Config().set_ignored_paths(paths=[SIGNATURE]))
    config.sign(folder, folder / SIGNATURE)


def verify(folder: Path, trusted: Path) -> None:
    """Raise UserError unless the key in `trusted` verifies the signature of exactly these bytes.

    Files such as .gitignore are not signed; the manifest of `groundcrew.packages` covers them.
    """
    from model_signing import verifying

    if not trusted.exists():
        raise UserError(f"no key is trusted, {trusted} does not exist: {_how_to_trust(trusted)}")
    if not (folder / SIGNATURE).exists():
        raise UserError(f"{folder} has no {SIGNATURE}: remove the folder and create it again")
    try:
        config = verifying.Config().use_elliptic_key_verifier(public_key=trusted)
    except ValueError:
        raise UserError(f"{trusted} is not a public key: {_how_to_trust(trusted)}") from None
    try:
        config.verify(folder, folder / SIGNATURE)
    except Exception as problem:  # a malformed signature raises errors of many types
        altered = ", ".join(ALTERED_FILE.findall(f"{problem}"))
        reason = f"{problem}".strip() or type(problem).__name__
        other_key = "Key mismatch" in reason
        remedy = _how_to_trust(trusted) if other_key else "remove the folder and create it again"
        raise UserError(
            f"{folder} is not signed by the key in {trusted} "
            f"({f'{altered} was altered' if altered else reason}): {remedy}",
        ) from None


def _how_to_trust(path: Path) -> str:
    return f'to trust the current key, run python -m groundcrew.signing --trust "{path}"'
