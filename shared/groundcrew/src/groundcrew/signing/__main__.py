"""Print the fingerprint of the current signing key, or let a file trust that key too.

python -m groundcrew.signing
python -m groundcrew.signing --trust runs/production/trusted.pem

To change keys, see python -m groundcrew.keys.
"""

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from groundcrew import commands
from groundcrew.signing import keys


def main(
    path: Annotated[
        Path | None,
        typer.Option("--trust", help="add the public key to this file, which verify then trusts"),
    ] = None,
) -> None:
    if path:
        keys.trust_also(path)
        commands.notice(f"{path} trusts the key {keys.private_key()}")
    commands.output("fingerprint", hashlib.sha256(keys.public_key(keys.private_key())).hexdigest())


if __name__ == "__main__":
    commands.run(main)
