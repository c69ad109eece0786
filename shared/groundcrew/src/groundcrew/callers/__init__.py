"""Who may ask the application: named callers, each with a key, of which only a digest is kept."""

import hmac
import re
import secrets
from hashlib import sha256
from pathlib import Path

from groundcrew import files
from groundcrew import locks
from groundcrew import settings
from groundcrew.errors import UserError

NAME = re.compile(r"[A-Za-z0-9._@-]{1,64}")
DIGEST = re.compile("[0-9a-f]{64}")
KEY_BYTES = 32
MAX_WAIT_SECONDS = 10
COMMAND = "python -m groundcrew.callers"


def path() -> Path:
    """Return the file with the digest of each caller's key, by name."""
    return settings.runs() / "callers.json"


def read() -> dict[str, str]:
    """Return the digest of each caller's key, by name; raises UserError if it cannot be read."""
    try:
        found = files.read_json(path()) if path().exists() else {}
    except (OSError, ValueError, RecursionError) as problem:
        raise UserError(f"{path()} cannot be read ({problem}): restore or remove it") from None
    if not isinstance(found, dict) or not all(
        isinstance(each, str) and DIGEST.fullmatch(each) for each in found.values()
    ):
        raise UserError(f"{path()} does not name callers and digests: restore or remove it")
    return found


def add(name: str) -> str:
    """Let a caller ask the application; returns its key, which is shown nowhere again.

    Raises UserError if the name is not valid, or has a key already.
    """
    if not NAME.fullmatch(name):
        raise UserError(
            f"{name[:80]!r} is no name of a caller: use up to 64 letters, digits and . _ @ -",
        )
    key = secrets.token_urlsafe(KEY_BYTES)
    with locks.exclusive("change of the callers", MAX_WAIT_SECONDS):
        known = read()
        if name in known:
            raise UserError(f"{name!r} has a key: run {COMMAND} remove {name} to end it first")
        files.write_json(path(), known | {name: digest(key)})
    return key


def remove(name: str) -> None:
    """Refuse the key of a caller from now on; raises UserError if there is no such caller."""
    with locks.exclusive("change of the callers", MAX_WAIT_SECONDS):
        known = read()
        if name not in known:
            names = ", ".join(known) or "none"
            raise UserError(f"{name[:80]!r} is no caller (callers: {names}): name one of them")
        files.write_json(path(), {other: known[other] for other in known if other != name})


def find(key: str, known: dict[str, str]) -> str:
    """Return the name of the caller with this key, or "".

    All are compared, each in constant time, so that the time of an answer tells nothing of a key.
    """
    given, found = digest(key), ""
    for name, kept in known.items():
        if hmac.compare_digest(given, kept):
            found = name
    return found


def digest(key: str) -> str:
    """Return the SHA-256 digest of a key; that is enough, as keys are random and long."""
    return sha256(key.encode(errors="surrogatepass")).hexdigest()
