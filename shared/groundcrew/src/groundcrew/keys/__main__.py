"""Change the keys that sign packages; the ledger records who did it, and when.

python -m groundcrew.keys rotate --by Kim               (a new key, beside the old one)
python -m groundcrew.keys rotate --by Kim --to FILE     (the same, with the key in this file)
python -m groundcrew.keys resign --by Kim               (sign what is in use with the current key)
python -m groundcrew.keys revoke FINGERPRINT --by Kim   (trust the old key no longer)
python -m groundcrew.keys                               (print the trusted keys)
"""

from pathlib import Path
from typing import Annotated

import typer

from groundcrew import commands
from groundcrew import keys
from groundcrew.errors import UserError
from groundcrew.keys import in_use

CHANGES = ["rotate", "resign", "revoke"]


def main(
    change: Annotated[
        str,
        typer.Argument(metavar="CHANGE", help="rotate, resign, or revoke"),
    ] = "",
    fingerprint: Annotated[
        str,
        typer.Argument(metavar="FINGERPRINT", help="the key to revoke, or its first digits"),
    ] = "",
    *,
    today: commands.Today,
    by: str = "",
    reason: str = "",
    to: Path | None = None,
) -> None:
    match change, fingerprint:
        case "", "":
            commands.output("trusted", ", ".join(in_use.fingerprints()) or "no key")
        case "rotate", "":
            commands.output("fingerprint", keys.rotate(today, by, reason, to))
        case "resign", "":
            commands.output("fingerprint", keys.resign(by))
        case "revoke", str(name) if name:
            commands.output("revoked", keys.revoke(name, today, by, reason))
        case _:
            given = f"{change} {fingerprint}".strip()
            raise UserError(f"{given!r} is no change of keys: choose {', '.join(CHANGES)}")


if __name__ == "__main__":
    commands.run(main)
