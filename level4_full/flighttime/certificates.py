"""Whether the gate's certificate of a package still permits its release."""

from datetime import date

from flighttime import environments
from flighttime import package
from flighttime.environments import PRODUCTION
from groundcrew import approvals
from groundcrew import certificates
from groundcrew import registry
from groundcrew.errors import UserError
from groundcrew.serving import CompiledVersion


def require(version: str, today: date, *outcomes: str) -> dict:
    """The certificate that permits a version's release today; raises UserError if none does."""
    certificate = certificates.read(version, environments.trusted_key(PRODUCTION))
    champion = registry.champion()
    if version == champion:
        raise UserError(f"version {version} is the champion already: name another one")
    certificates.require(certificate, package.path(version), today, outcomes)
    if not registry.compared(version, champion).items() <= certificate.items():
        raise UserError(f"version {version} was not compared with champion {champion}: certify it")
    return certificate


def load(version: str) -> CompiledVersion:
    """Open a version in this environment; in production, only a package that was approved."""
    environment = environments.current()
    if environment == PRODUCTION:
        approvals.require(version, package.path(version, environment))
    return package.load(version, environment)
