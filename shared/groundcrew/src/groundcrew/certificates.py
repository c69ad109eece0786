"""A certificate is about the bytes of one package, for a number of days.

It names the digest of the package's manifest, since a version's number does not identify bytes: a
package can be removed, and made again from another model. The key that signs packages signs it.
"""

from collections.abc import Container
from collections.abc import Iterable
from datetime import date
from datetime import timedelta
from pathlib import Path

from groundcrew import files
from groundcrew import ledger
from groundcrew import packages
from groundcrew import registry
from groundcrew import reports
from groundcrew import settings
from groundcrew import signing
from groundcrew.errors import UserError
from groundcrew.reports import Check
from groundcrew.signing import documents


def subject(folder: Path, champion: str | None, today: date, days: float) -> dict[str, str | None]:
    """Return what a certificate is about: a package, a champion to compare with, and until when.

    The package's folder is named by its version. Call this before the errors are measured: a
    package that is replaced meanwhile is then not certified. Raises UserError for the champion.
    """
    if folder.name == champion:
        raise UserError(f"version {champion} is the champion already: name another one")
    digest = packages.digest(folder) if (folder / packages.MANIFEST).is_file() else ""
    until = today + timedelta(days=days)
    compared = registry.compared(folder.name, champion)
    return {**compared, "package": digest, "valid_until": f"{until}"}


def issue(about: dict, checks: Iterable[Check], today: date, **entry: str) -> dict:
    """Keep the certificate `about` a subject, its outcome and reason, and record the decision.

    `entry` is what the ledger holds besides. Returns the certificate.
    """
    certificate: dict = {**about, "checks": [check._asdict() for check in checks]}
    write(certificate)
    version, outcome, reason = (certificate[name] for name in ("version", "outcome", "reason"))
    evidence = reports.evidence(certificate)
    ledger.record(today, outcome, version, reason=reason, evidence=evidence, **entry)
    return certificate


def write(certificate: dict) -> None:
    """Sign the certificate of a `version` with the current private key, and keep it."""
    files.write_json(path(certificate["version"]), documents.signed(certificate))


def read(version: str, trusted: Path) -> dict:
    """Return the certificate of a version, which the key in `trusted` must have signed.

    Raises UserError if it is missing, altered, unsigned as older code left it, or by another key.
    """
    missing = f"version {version} has no certificate: run python -m {registry.NAME}.gate"
    try:
        certificate = files.read_json(path(version), missing)
    except ValueError:  # not JSON at all
        certificate = {}
    signing.require_trusted(trusted)
    is_of_version = isinstance(certificate, dict) and certificate.get("version") == version
    if not is_of_version or not documents.is_signed(certificate, trusted):
        raise UserError(
            f"{path(version)} was altered, or is not signed by the key in {trusted}: "
            f"{_how_to_certify(version)}",
        )
    return certificate


def require(certificate: dict, folder: Path, today: date, outcomes: Container[str]) -> None:
    """Raise UserError unless it has one of the outcomes, is about this package, and is valid."""
    version, until = certificate["version"], certificate.get("valid_until", "")
    if certificate["outcome"] not in outcomes:
        raise UserError(f"version {version}: {certificate['outcome']}, {certificate['reason']}")
    digest, actual = certificate.get("package", ""), packages.digest(packages.require(folder))
    if digest != actual:
        raise UserError(
            f"version {version} was certified as package {digest:.12}, and {folder} is package "
            f"{actual:.12}: {_how_to_certify(version)}",
        )
    if f"{today}" > until:
        raise UserError(
            f"the certificate of version {version} ended on {until}, and it is {today}: "
            f"{_how_to_certify(version)}",
        )


def path(version: str) -> Path:
    """Return the file of a version's certificate."""
    return settings.runs() / "certificates" / f"{version}.json"


def _how_to_certify(version: str) -> str:
    return f"run python -m {registry.NAME}.gate --version {version}"
