"""Which model a package holds: the run that made it, not only the number of its version."""

from pathlib import Path

from groundcrew import files
from groundcrew import registry
from groundcrew.errors import UserError

LINEAGE = "lineage.json"


def require_version(folder: Path, version: str) -> str:
    """Return the run that LINEAGE names; it must be the run of this version in the registry.

    Raises UserError if it is another one: a new registry gives the same numbers again.
    """
    packaged = files.read_json(folder / LINEAGE)
    remedy = f"remove it, and package version {version} again"
    if packaged["version"] != version:
        raise UserError(f"{folder} is the package of version {packaged['version']}: {remedy}")
    registered = registry.lineage(version)
    for name in ("run", "model_digest"):
        mine, theirs = packaged.get(name), registered[name]
        if mine != theirs:
            raise UserError(
                f"{folder} is the package of another version {version} "
                f"({name} {mine}, and {theirs} in the registry): {remedy}",
            )
    return packaged["run"]
