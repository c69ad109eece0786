"""Smoke test: does the application answer as a version's package promises?"""

import os

from flighttime import environments
from flighttime import package
from flighttime.features import FEATURES
from groundcrew import commands
from groundcrew import packages
from groundcrew import registry
from groundcrew import smoke
from groundcrew import staging


def failures(version: str, address: str = "") -> str:
    """What is wrong with the answers; empty if nothing is, or FLIGHTTIME_APP names no address."""
    address = address or os.environ.get("FLIGHTTIME_APP", "")
    if not address:
        commands.notice("no smoke test: FLIGHTTIME_APP names no application")
        return ""
    examples = packages.examples(package.path(version))
    return "; ".join(smoke.check(address, version, examples, FEATURES))


def in_staging(version: str) -> str:
    """What is wrong with a version in the application that serves the staging environment."""
    package.install(version, environments.STAGING)
    registry.set_alias(registry.CHALLENGER, version)
    with staging.application({"FLIGHTTIME_ENVIRONMENT": environments.STAGING}) as address:
        return failures(version, address)
