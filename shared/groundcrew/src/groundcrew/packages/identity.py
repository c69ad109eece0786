"""Which package a folder holds, and which model: the run that made it, not only its number."""

from pathlib import Path

from groundcrew import files
from groundcrew import registry
from groundcrew import settings
from groundcrew.errors import NotFound
from groundcrew.errors import UserError

LINEAGE = "lineage.json"


def require(folder: Path) -> Path:
    """Return the folder, which its version names; raises NotFound if there is no package."""
    if folder.exists():
        return folder
    made = settings.runs() / folder.parent.name / folder.name
    remedy = f"run python -m {registry.NAME}.package --version {folder.name}"
    if made.exists() and made != folder:  # another environment has lost its copy
        remedy = f"copy {made} there"
    raise NotFound(f"there is no package {folder}: {remedy}")


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
