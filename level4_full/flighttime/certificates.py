"""What the gate found about a version, as it is kept, and whether that still allows a release."""

import json
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

from flighttime import files
from flighttime import package
from flighttime import production
from flighttime import settings
from flighttime.errors import Refused


@dataclass(frozen=True)
class Check:
    """A number and its limit, in words; `passed` is None where it does not count."""

    name: str
    number: str
    limit: str
    passed: bool | None

    def __str__(self) -> str:
        return f"{self.name}: {self.number} ({self.limit})"


@dataclass(frozen=True)
class Certificate:
    """What was decided about a version, why, and on which numbers: minutes, or None where there is none."""

    version: str
    champion: str | None
    outcome: str
    reason: str
    flights: int
    mean_errors: dict[str, float | None]
    gain: dict[str, float | None] = field(default_factory=dict)
    slices: list[dict] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    @property
    def promoted(self) -> bool:
        return self.outcome == "PROMOTE"


def keep(certificate: Certificate) -> None:
    files.write_whole(place(certificate.version), lambda path: package.write(path, asdict(certificate)))


def read(version: str) -> Certificate:
    """The certificate of a version; raises Refused if it was never certified."""
    if not place(version).exists():
        raise Refused(f"version {version} was not certified: run python -m flighttime.certify --version {version}")
    written = json.loads(place(version).read_text(encoding="utf-8"))
    return Certificate(**{**written, "checks": [Check(**check) for check in written.get("checks", [])]})


def promotion(version: str) -> Certificate:
    """The certificate that allows a version's release; raises Refused if it has none that still holds."""
    certificate, champion = read(version), production.released()
    if version == champion:
        raise Refused(f"version {version} is the champion already: there is nothing to release")
    if not certificate.promoted:
        raise Refused(f"version {version} was certified as {certificate.outcome} ({certificate.reason}): train another")
    if certificate.champion != champion:
        again = f"run python -m flighttime.certify --version {version}"
        raise Refused(f"version {version} was compared with champion {certificate.champion}, and now it is {champion}: {again}")
    return certificate


def place(version: str) -> Path:
    return settings.runs() / "certificates" / f"{version}.json"
