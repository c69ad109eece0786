"""Who made a package: it is signed where it is made, and opened only where that signature is trusted.

    python -m flighttime.signing --trust production
"""

import argparse
import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from flighttime import environment
from flighttime import files
from flighttime import settings
from flighttime import steps
from flighttime.errors import Refused

SIGNATURE = "signature.json"
ALTERED = re.compile(r"Hash mismatch for \\?'([^'\\]+)")


def sign(folder: Path) -> None:
    """Sign every file of a folder, and let every environment that trusts no key yet trust this one."""
    # Imported where it is used: it takes a second.
    from model_signing import hashing
    from model_signing import signing

    for name in environment.ALL:
        if not trusted(name).exists():
            trust(name)
    config = signing.Config().use_elliptic_key_signer(private_key=key())
    config.set_hashing_config(hashing.Config().set_ignored_paths(paths=[SIGNATURE]))
    config.sign(folder, folder / SIGNATURE)


def verify(folder: Path, name: str) -> None:
    """Raises Refused unless a folder is, to the last byte, what the holder of the key that an environment trusts signed."""
    from model_signing import verifying

    if not trusted(name).exists():
        raise Refused(f"no key is trusted in {name}, there is no {trusted(name)}: {accept(name)}")
    if not (folder / SIGNATURE).exists():
        raise Refused(f"{folder} has no {SIGNATURE}, nobody vouches for it: remove the folder and package the version again")
    try:
        verifying.Config().use_elliptic_key_verifier(public_key=trusted(name)).verify(folder, folder / SIGNATURE)
    except Exception as problem:  # whatever a signature is that is none, it is not a good one
        altered = ", ".join(ALTERED.findall(f"{problem}"))
        told = f"{altered} was altered" if altered else f"{problem}".strip() or type(problem).__name__
        remedy = accept(name) if "Key mismatch" in told else "remove the folder and package the version again"
        raise Refused(f"{folder} is not signed by the key that {name} trusts ({told}): {remedy}") from None


def accept(name: str) -> str:
    return f"if the present key is to be trusted there, run python -m flighttime.signing --trust {name}"


def key() -> Path:
    """The private key: the file that FLIGHTTIME_SIGNING_KEY names, else one that is made at its first use."""
    if told := os.environ.get("FLIGHTTIME_SIGNING_KEY"):
        if not Path(told).is_file():
            raise Refused(f"FLIGHTTIME_SIGNING_KEY is {told!r}, and there is no such file: give a private key in PEM")
        return Path(told)
    path = settings.runs() / "keys" / "signing.pem"
    if not path.exists():
        make(path)
    return path


def make(path: Path) -> None:
    """A private key that only this user can read; of two who make one at once, the first one's counts."""
    made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}-{uuid4().hex}")
    with open(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(made)
    with suppress(FileExistsError):
        path.hardlink_to(unfinished)
    unfinished.unlink()


def public() -> bytes:
    """What tells that something was signed with the private key; raises Refused if that is no key."""
    try:
        known = serialization.load_pem_private_key(key().read_bytes(), None).public_key()
    except (ValueError, TypeError) as problem:
        raise Refused(f"{key()} is no private key without a password ({problem}): bring the right file back") from None
    return known.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def trust(name: str) -> None:
    """Let an environment open what is signed with the present private key, and nothing else."""
    files.write_whole(trusted(name), lambda path: path.write_bytes(public()))


def trusted(name: str) -> Path:
    """The file with the public key that an environment trusts."""
    return (settings.runs() / "keys" if name == environment.TRAIN else environment.place(name)) / "trusted.pem"


def fingerprint(name: str) -> str:
    return hashlib.sha256(trusted(name).read_bytes()).hexdigest()


def main(arguments: argparse.Namespace) -> None:
    if arguments.trust:
        trust(arguments.trust)
    for name in environment.ALL:
        steps.output(name, fingerprint(name) if trusted(name).exists() else "trusts no key yet")


def parser() -> argparse.ArgumentParser:
    parser = steps.parser(__doc__)
    parser.add_argument("--trust", choices=environment.ALL, help="the environment that is to trust the present key")
    return parser


if __name__ == "__main__":
    steps.run(main, parser())
