"""What the gate decided about a version, and whether that still permits serving it."""

from pathlib import Path

from groundcrew import files
from groundcrew import registry
from groundcrew import settings
from groundcrew.errors import UserError


def read(version: str) -> dict:
    missing = f"version {version} has no certificate: run python -m flighttime.gate"
    return files.read_json(path(version), missing)


def require(version: str, *outcomes: str) -> dict:
    """The certificate that permits serving a version; raises UserError if none does."""
    certificate, champion = read(version), registry.champion()
    if version == champion:
        raise UserError(f"version {version} is the champion already: name another one")
    if certificate["outcome"] not in outcomes:
        raise UserError(f"version {version}: {certificate['outcome']}, {certificate['reason']}")
    if not registry.compared(version, champion).items() <= certificate.items():
        raise UserError(f"version {version} was not compared with champion {champion}: certify it")
    return certificate


def path(version: str) -> Path:
    return settings.runs() / "certificates" / f"{version}.json"
