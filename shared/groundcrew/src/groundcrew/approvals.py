"""Which bytes of a version may serve: the package that was approved last, by its digest.

An approval ends when its release is taken back or rolled back, its A/B test ends or its shadow
evaluation fails. That of a former champion holds, so that a rollback can return to it.
"""

from pathlib import Path

from groundcrew import ledger
from groundcrew import packages
from groundcrew.errors import UserError

CERTIFIED = ("PROMOTE", "TIE")
SPLIT, SHADOW = "split", "shadow"
APPROVALS = (ledger.RELEASING, ledger.RELEASED, SPLIT, SHADOW)
ENDS = {"split ended": SPLIT, "shadow failed": SHADOW}
REMEDY = "release a certified version, or move the alias back to the version before"


def require(version: str, folder: Path) -> None:
    """Raise UserError unless the package in this folder was approved to serve as `version`.

    An approval without a digest is about the package that was certified last before it; if no
    entry names a digest, as in the ledgers of older code, any package of the version will do.
    """
    approvals = _approvals(version)
    if not approvals:
        raise UserError(
            f"version {version} is not served, since {ledger.path()} has no approval of it, "
            f"or took it back: {REMEDY}",
        )
    approved, actual = approvals[-1], packages.digest(packages.require(folder))
    if approved not in (None, actual):
        raise UserError(
            f"version {version} is not served, since package {approved:.12} was approved and "
            f"{folder} is package {actual:.12}: {REMEDY}",
        )


def _approvals(version: str) -> list[str | None]:
    """Return the packages of the approvals of a version that hold, the oldest first."""
    certified: dict[str, str | None] = {}
    champions: dict[str, str | None] = {}  # the oldest first, without rolled-back ones
    others: dict[str, tuple[str, str | None]] = {}  # a release under way, A/B test or shadow
    for entry in ledger.entries():
        decision, number = entry["decision"], entry["version"]
        if decision in (*CERTIFIED, *APPROVALS):
            package = entry.get("evidence", {}).get("package")
            certified[number] = package or certified.get(number)
        if decision in (SPLIT, SHADOW):  # one ends the other
            others = {decision: (number, certified[number])}
        elif decision == ledger.RELEASING:
            others[decision] = (number, certified[number])
        elif decision in ENDS:
            others.pop(ENDS[decision], None)
        elif entry.get("interrupted"):  # undone before the switch: the others serve on
            others.pop(ledger.RELEASING, None)
        elif decision in (*ledger.FACTS, ledger.TAKEN_BACK):
            others = {}
        if decision == ledger.RELEASED:
            champions.pop(number, None)
            champions[number] = certified[number]
        elif decision == ledger.ROLLED_BACK and number in champions:
            kept = list(champions)[: list(champions).index(number) + 1]
            champions = {name: champions[name] for name in kept}
    ours = [package for number, package in others.values() if number == version]
    return [champions[version], *ours] if version in champions else ours
