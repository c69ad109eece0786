"""The packages, the machine and the settings that a run is made with."""

import hashlib
import json
import platform
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from groundcrew import settings

# These packages decide every digit of a result.
NUMERICS = ["numpy", "pandas", "scikit-learn", "scipy"]
LIBRARY = Path(__file__).resolve().parents[1]


def environment() -> dict[str, str]:
    """The packages and the machine of this process.

    `requirements` is the SHA-256 of requirements.txt, `groundcrew` twelve hex digits of the
    library's content; `python`, `platform` and `numerics` are versions.
    """
    return {
        "requirements": hashlib.sha256(requirements().read_bytes()).hexdigest(),
        "groundcrew": content_version(LIBRARY),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "numerics": ", ".join(f"{name} {metadata.version(name)}" for name in NUMERICS),
    }


def requirements() -> Path:
    """The lock file of the project's packages."""
    return settings.root() / "requirements.txt"


def content_version(package: Path) -> str:
    """Twelve hex digits of the digest of a package's modules: their names and content."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).as_posix().encode()
        digest.update(name + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def flat(sections: dict[str, dict]) -> Iterator[tuple[str, str]]:
    """Every setting as (section.name, value); the value is JSON, which is valid TOML as well."""
    for section, values in sections.items():
        yield from ((f"{section}.{name}", json.dumps(value)) for name, value in values.items())
