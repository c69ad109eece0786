"""Which bytes of a version may serve: the package that was approved last, by its digest."""

from pathlib import Path

from groundcrew import ledger
from groundcrew import packages
from groundcrew.errors import UserError

CERTIFIED = ("PROMOTE", "TIE")
# A rollback approves no other package than the release before it did.
APPROVALS = (ledger.RELEASING, ledger.RELEASED, "split", "shadow")
REMEDY = "release a certified version, or move the alias back to the version before"


def require(version: str, folder: Path) -> None:
    """Raise UserError unless the package in this folder was approved to serve as `version`.

    An approval without a digest is about the package that was certified last before it; if no
    entry names a digest, as in the ledgers of older code, any package of the version will do.
    """
    certified, approvals = None, []
    for entry in ledger.entries():
        if entry["version"] == version and entry["decision"] in (*CERTIFIED, *APPROVALS):
            certified = entry.get("evidence", {}).get("package") or certified
            approvals += [certified] if entry["decision"] in APPROVALS else []
    if not approvals:
        raise UserError(
            f"version {version} is not served, since {ledger.path()} has no approval of it: "
            f"{REMEDY}",
        )
    approved, actual = approvals[-1], packages.digest(packages.require(folder))
    if approved not in (None, actual):
        raise UserError(
            f"version {version} is not served, since package {approved:.12} was approved and "
            f"{folder} is package {actual:.12}: {REMEDY}",
        )
