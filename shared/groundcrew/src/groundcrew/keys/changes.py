"""Rotate and revoke keys, one step after the other; a change that was killed is finished by a call.

1. Make the new key. 2. Every environment trusts it, beside the old one. 3. It signs what is in use.
4. The ledger records it. 5. It becomes the current key. So at each moment all that is in use, and
each way back, is signed by a key that is trusted.
"""

import os
from datetime import date
from pathlib import Path

from groundcrew import ledger
from groundcrew import locks
from groundcrew import signing
from groundcrew.errors import UserError
from groundcrew.keys import in_use
from groundcrew.signing import keys as private_keys
from groundcrew.signing import trusted as trusted_keys

ROTATED, REVOKED = "key rotated", "key revoked"
NEXT = "next.pem"  # beside the current key, until it is the current one
COMMAND = "python -m groundcrew.keys"
MIN_DIGITS = 8  # of a fingerprint


def rotate(today: date, by: str, reason: str = "", to: Path | None = None) -> str:
    """Let another key sign from now on; returns its fingerprint.

    Without `to`, a new key replaces the project's. With `to`, it is the key in that file, which is
    made if it is missing, and FLIGHTTIME_SIGNING_KEY has to name it afterwards. Raises UserError,
    and changes no key, if something in use was altered.
    """
    _require_name(by)
    if os.environ.get("FLIGHTTIME_SIGNING_KEY") and to is None:
        raise UserError(
            "FLIGHTTIME_SIGNING_KEY names the key, and what it names is not ours to replace: name "
            f"the new key's file with {COMMAND} rotate --to FILE, then let the variable name it",
        )
    with locks.exclusive("release"):  # no other version becomes the champion meanwhile
        current = signing.private_key()
        new = to.expanduser() if to else current.with_name(NEXT)
        private_keys.create_key(new)
        public = signing.public_key(new)
        for path in in_use.trusted():
            trusted_keys.add(path, public)
        in_use.sign(new)
        before, after = map(_fingerprint, (current, new))
        if after != before:
            _record(today, ROTATED, {"key": after, "before": before}, by, reason)
        if to is None:
            new.replace(current)
    return after


def resign(by: str) -> str:
    """Sign what is in use with the current key; returns its fingerprint."""
    _require_name(by)
    with locks.exclusive("release"):
        current = signing.private_key()
        in_use.sign(current)
        return _fingerprint(current)


def revoke(fingerprint: str, today: date, by: str, reason: str = "") -> str:
    """Let no environment trust a key any more, named by its fingerprint or the first digits of it.

    Raises UserError if it signs from now on, or if something in use is signed by no other key.
    """
    _require_name(by)
    with locks.exclusive("release"):
        name, current = _find(fingerprint), signing.private_key()
        coming = current.with_name(NEXT)
        if name in [_fingerprint(key) for key in (current, coming) if key.exists()]:
            raise UserError(f"{name:.12} is the key that signs: run {COMMAND} rotate first")
        for version, folder, _ in in_use.folders():
            if signing.signer(folder) == name:
                raise UserError(
                    f"{folder} is signed by the key {name:.12} only, and version {version} is in "
                    f"use, or the way back: run {COMMAND} resign first",
                )
        _record(today, REVOKED, {"key": name}, by, reason)
        for path in in_use.trusted():
            if name in trusted_keys.read(path):
                trusted_keys.revoke(path, name, today)
    return name


def _find(fingerprint: str) -> str:
    """The one fingerprint of a trusted key that begins like this."""
    known = in_use.fingerprints()
    found = [name for name in known if name.startswith(fingerprint.lower())]
    if len(found) != 1 or len(fingerprint) < MIN_DIGITS:
        trusted = ", ".join(f"{name:.12}" for name in known) or "none"
        raise UserError(
            f"{fingerprint!r} names no trusted key (trusted: {trusted}): give {MIN_DIGITS} or more "
            "digits of one of them",
        )
    return found[0]


def _fingerprint(private: Path) -> str:
    return trusted_keys.fingerprint(signing.public_key(private))


def _record(today: date, decision: str, evidence: dict, by: str, reason: str) -> None:
    """Record a change, once: it may have been killed after that."""
    recorded = [entry["evidence"] for entry in ledger.entries() if entry["decision"] == decision]
    if evidence["key"] not in [each["key"] for each in recorded]:
        ledger.record(today, decision, None, by=by, reason=reason, evidence=evidence)


def _require_name(by: str) -> None:
    if not by.strip():
        raise UserError("the change of keys has an empty --by: say who changes them")
