"""Digests of a run's files: recorded when they are logged, and compared whenever they are read."""

from collections.abc import Mapping
from pathlib import Path

from groundcrew import files
from groundcrew.errors import UserError

TAG = "sha256/"  # the tag of a run for each file, before its path among the run's artifacts
DATA = (".skops", ".parquet", ".json")


def of(folder: Path, artifact: str = "") -> dict[str, str]:
    """Return the tags that record the data files directly in a folder, which is an artifact."""
    paths = [path for path in sorted(folder.iterdir()) if path.suffix in DATA]
    return {f"{TAG}{Path(artifact, path.name).as_posix()}": files.sha256(path) for path in paths}


def require(tags: Mapping[str, str], artifact: str, path: Path) -> None:
    """Compare an artifact, a file or a folder at `path`, with the digests in a run's tags.

    Raises UserError that names the first file that differs. Files without a digest pass.
    """
    for name, recorded in tags.items():
        file = Path(name.removeprefix(TAG))
        if name.startswith(TAG) and file.parts[0] == artifact:
            _require_file(path.joinpath(*file.parts[1:]), recorded)


def _require_file(path: Path, recorded: str) -> None:
    actual = files.sha256(path) if path.is_file() else "missing"
    if actual != recorded:
        raise UserError(
            f"{path} is not the file that was recorded (SHA-256 {actual:.12}, "
            f"recorded {recorded:.12}): restore it, or train again",
        )
